package io.evenkeel.coordinator.world;

/** Stops a device at once; an error, so that no exception handler continues. */
final class PowerLoss extends Error {

    PowerLoss() {
        super("power loss", null, false, false);
    }
}
