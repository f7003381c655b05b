/** What the trajectories say: targets, stability, comparisons, verdicts. */
@NullMarked
package io.evenkeel.pilot.measure;

import org.jspecify.annotations.NullMarked;
