/** Draws a round's participants, in the coordinator and in simulations alike. */
@NullMarked
package io.evenkeel.core.sampling;

import org.jspecify.annotations.NullMarked;
