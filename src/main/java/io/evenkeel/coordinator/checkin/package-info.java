/** Check-in: returns work of all kinds for a device, and the time of its next check-in. */
@NullMarked
package io.evenkeel.coordinator.checkin;

import org.jspecify.annotations.NullMarked;
