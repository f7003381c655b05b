/** Who takes part in a round: draws and declines, skipped rounds, and the seeds of the coordinator's noise. */
@NullMarked
package io.evenkeel.coordinator.draw;

import org.jspecify.annotations.NullMarked;
