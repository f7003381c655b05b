package io.evenkeel.testkit.chaos.device;

import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import org.jspecify.annotations.Nullable;

/** Ends a device's thread at the point where a process would have been killed. */
final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Change.@Nullable Kind change;

    SimulatedCrash(CrashPoint point) {
        super("crashed " + point, null, false, false);
        this.change = null;
    }

    SimulatedCrash(Change.Kind change) {
        super("the device " + change.text(), null, false, false);
        this.change = change;
    }

    /** Returns the change of the device before it restarts, or null if there is none. */
    Change.@Nullable Kind change() {
        return change;
    }
}
