/** Rounds: tasks for devices, acceptance of their messages, closing, and the record of each round. */
@NullMarked
package io.evenkeel.coordinator.round;

import org.jspecify.annotations.NullMarked;
