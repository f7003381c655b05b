package io.evenkeel.testkit.chaos.deployment;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Restarts the database, or fails it over, with a shell command that returns once the restart has begun.
 *
 * @param times the number of a test's kills that use it; null for the usual share
 */
public record RestartCommand(String command, @Nullable Integer times) implements ChaosDeployment.Restart {

    @Override
    public void run() throws IOException, InterruptedException {
        int code = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("'" + command + "' ended with " + code);
        }
    }

    @Override
    public int times(int kills) {
        return times == null ? ChaosDeployment.Restart.super.times(kills) : times;
    }
}
