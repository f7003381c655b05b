/**
 * A simulated world: one coordinator with its database and a few devices with the real SDK, in virtual time; a seed
 * determines when its network, disks, database and processes fail.
 */
@NullMarked
package io.evenkeel.coordinator.world;

import org.jspecify.annotations.NullMarked;
