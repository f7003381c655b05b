/** Opening and closing of rounds, and their schedule. */
@NullMarked
package io.evenkeel.coordinator.round;

import org.jspecify.annotations.NullMarked;
