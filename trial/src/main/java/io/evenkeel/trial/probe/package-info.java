/** How rough a loss is: estimates of (L0, L1) along a trajectory, and what they mean for step sizes. */
@NullMarked
package io.evenkeel.trial.probe;

import org.jspecify.annotations.NullMarked;
