package io.evenkeel.testkit.chaos.device;

import io.evenkeel.testkit.chaos.run.ChangeKind;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import org.jspecify.annotations.Nullable;

/** Ends a device's thread at the point where a process would have been killed. */
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

    /** Returns the change of the device before it restarts, or null for none. */
    @Nullable
    ChangeKind change() {
        return change;
    }
}
