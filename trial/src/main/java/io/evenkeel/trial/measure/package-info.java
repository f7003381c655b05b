/** What the trajectories say: targets, stability, comparisons, verdicts. */
@NullMarked
package io.evenkeel.trial.measure;

import org.jspecify.annotations.NullMarked;
