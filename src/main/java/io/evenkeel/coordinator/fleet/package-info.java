/** Devices: enrolment tokens, and the clients that enrolled with them. */
@NullMarked
package io.evenkeel.coordinator.fleet;

import org.jspecify.annotations.NullMarked;
