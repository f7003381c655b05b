/** Streams the events of runs: recorded ones, progress, and counts of refused messages. */
@NullMarked
package io.evenkeel.coordinator.event;

import org.jspecify.annotations.NullMarked;
