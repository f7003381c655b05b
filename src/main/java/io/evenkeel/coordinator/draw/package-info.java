/** Stored draws, declines and skipped rounds, and the seeds of the coordinator's noise. */
@NullMarked
package io.evenkeel.coordinator.draw;

import org.jspecify.annotations.NullMarked;
