package io.evenkeel.coordinator.world;

/** Stops a device at once. This is an error, so that no exception handler catches it. */
final class PowerLoss extends Error {

    PowerLoss() {
        super("power loss", null, false, false);
    }
}
