/** Differential privacy: what a device adds to its messages, and what they cost in epsilon. */
@NullMarked
package io.evenkeel.core.privacy;

import org.jspecify.annotations.NullMarked;
