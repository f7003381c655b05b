/** Draws a round's participants; used by the coordinator and by simulations. */
@NullMarked
package io.evenkeel.core.sampling;

import org.jspecify.annotations.NullMarked;
