package io.evenkeel.coordinator.world;

/** Ends everything that a device is doing; an error, so that no handler of exceptions goes on. */
final class PowerLoss extends Error {

    PowerLoss() {
        super("power loss", null, false, false);
    }
}
