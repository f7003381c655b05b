/** Streams what happens to runs: recorded events, progress, and refused messages. */
@NullMarked
package io.evenkeel.coordinator.event;

import org.jspecify.annotations.NullMarked;
