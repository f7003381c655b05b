/** Check-in: returns the work for a device, of all kinds, and the time of its next check-in. */
@NullMarked
package io.evenkeel.coordinator.checkin;

import org.jspecify.annotations.NullMarked;
