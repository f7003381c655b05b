/** Flat vectors: their division into tensors, norms without overflow, and seeded random bits. */
@NullMarked
package io.evenkeel.core.vector;

import org.jspecify.annotations.NullMarked;
