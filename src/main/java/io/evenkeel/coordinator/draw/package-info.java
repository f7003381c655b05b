/** Who is asked in a round: draws and declines, and the seeds of the coordinator's noise. */
@NullMarked
package io.evenkeel.coordinator.draw;

import org.jspecify.annotations.NullMarked;
