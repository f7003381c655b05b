/**
 * Measurements along the trajectory: ratios of gradient differences to steps, from which L0 and L1 are estimated, and
 * slopes.
 */
@NullMarked
package io.evenkeel.core.smoothness;

import org.jspecify.annotations.NullMarked;
