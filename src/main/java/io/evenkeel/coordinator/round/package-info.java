/** Opening and closing of rounds, their schedule, and the record of each. */
@NullMarked
package io.evenkeel.coordinator.round;

import org.jspecify.annotations.NullMarked;
