/** Estimates (L0, L1) of a loss along a trajectory, and derives step sizes from them. */
@NullMarked
package io.evenkeel.trial.probe;

import org.jspecify.annotations.NullMarked;
