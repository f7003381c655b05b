/** Figures that devices measure along their way: ratios of gradient differences to steps, from which L0 and L1 follow, and slopes. */
@NullMarked
package io.evenkeel.core.smoothness;

import org.jspecify.annotations.NullMarked;
