/** Differential privacy: the noise that is added to messages, and their cost in epsilon. */
@NullMarked
package io.evenkeel.core.privacy;

import org.jspecify.annotations.NullMarked;
