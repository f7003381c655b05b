/** Evaluates trajectories: targets, stability, comparisons and verdicts. */
@NullMarked
package io.evenkeel.trial.measure;

import org.jspecify.annotations.NullMarked;
