/** Who is asked in a round: draws and declines, which rounds are skipped, and the seeds of the coordinator's noise. */
@NullMarked
package io.evenkeel.coordinator.draw;

import org.jspecify.annotations.NullMarked;
