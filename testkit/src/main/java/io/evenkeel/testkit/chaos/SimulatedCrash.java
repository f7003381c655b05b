package io.evenkeel.testkit.chaos;

import org.jspecify.annotations.Nullable;

/** Takes a device's thread down from where a process would have died. */
final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable ChangeKind change;

    SimulatedCrash(CrashPoint point) {
        super("crashed " + point, null, false, false);
        this.change = null;
    }

    SimulatedCrash(ChangeKind change) {
        super("the device " + change.text(), null, false, false);
        this.change = change;
    }

    /** Returns what happens to the device before it comes back, if anything does. */
    @Nullable
    ChangeKind change() {
        return change;
    }
}
