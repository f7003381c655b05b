/** Estimates L0 and L1 of a loss from local ratios of gradient differences to steps. */
@NullMarked
package io.evenkeel.core.smoothness;

import org.jspecify.annotations.NullMarked;
