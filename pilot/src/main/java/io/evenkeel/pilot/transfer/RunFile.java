package io.evenkeel.pilot.transfer;

import io.evenkeel.coordinator.problem.ProblemException;
import io.evenkeel.coordinator.transfer.RunFiles;
import io.evenkeel.pilot.terminal.CommandFailure;
import java.io.IOException;
import java.io.InputStream;

/** Verifies a run's file after the transfer: a connection that broke can look like the end. */
final class RunFile {

    private RunFile() {}

    /** Returns how many rows the file has. */
    static long verify(InputStream in) throws IOException {
        try {
            return RunFiles.verify(in);
        } catch (ProblemException e) {
            throw new CommandFailure(
                    "the export is not whole (" + e.detail()
                            + "): look at the run's state and the coordinator's log, then export again",
                    e);
        }
    }
}
