/** How rough a loss is: estimates of L0 and L1 from local ratios of gradients to steps. */
@NullMarked
package io.evenkeel.core.smoothness;

import org.jspecify.annotations.NullMarked;
