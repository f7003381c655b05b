/** Check-in: gives a device the work there is for it, of all kinds, and tells it when to come back. */
@NullMarked
package io.evenkeel.coordinator.checkin;

import org.jspecify.annotations.NullMarked;
