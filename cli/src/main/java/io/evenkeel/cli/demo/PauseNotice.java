package io.evenkeel.cli.demo;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RunStatus;
import java.util.List;

/** Reports once that a run is paused and how to resume it, and once that it continues. Not thread-safe. */
final class PauseNotice {

    private final String run;
    private final String resume;
    private boolean paused;

    PauseNotice(OperatorApi operator, String run) {
        this.run = run;
        this.resume = operator.commandFor(run, "resume");
    }

    /** Returns the lines to print for a status: none unless the run was paused or resumed since the last one. */
    List<String> on(RunStatus status) {
        if (status.paused() == paused) {
            return List.of();
        }
        paused = status.paused();
        if (!paused) {
            return List.of("Run " + run + " continues.");
        }
        String reason = status.message().isEmpty() ? "" : ": " + status.message();
        return List.of("Run " + run + " is paused" + reason + ". An operator can resume it:", "  " + resume);
    }
}
