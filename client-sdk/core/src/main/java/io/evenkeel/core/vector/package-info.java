/** Flat vectors: their division into tensors, norms that neither overflow nor underflow, and seeded random bits. */
@NullMarked
package io.evenkeel.core.vector;

import org.jspecify.annotations.NullMarked;
