/**
 * A simulated world in virtual time: one or two coordinators with their database, and a few devices with the real SDK.
 * A seed determines when the network, disks, database and processes fail.
 */
@NullMarked
package io.evenkeel.coordinator.world;

import org.jspecify.annotations.NullMarked;
