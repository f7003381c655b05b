/**
 * A simulated world: one coordinator with its database and a few devices with the real SDK, in virtual time, whose
 * network, disks, database and processes fail as a seed says.
 */
@NullMarked
package io.evenkeel.coordinator.world;

import org.jspecify.annotations.NullMarked;
