/**
 * Decides when a device checks in again, so that a fleet of any size sends about a given number of check-ins
 * per second.
 */
@NullMarked
package io.evenkeel.engine.checkin;

import org.jspecify.annotations.NullMarked;
