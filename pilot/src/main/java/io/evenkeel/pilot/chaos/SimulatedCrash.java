package io.evenkeel.pilot.chaos;

/** Takes a device's thread down from where a process would have died. */
final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(CrashPoint point) {
        super("crashed " + point, null, false, false);
    }
}
