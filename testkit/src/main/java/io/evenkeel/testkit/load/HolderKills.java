package io.evenkeel.testkit.load;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.time.Duration;

/** Kills the coordinator that holds a run's lease at regular intervals while a load test measures. Not thread-safe. */
final class HolderKills {

    private final LocalServers servers;
    private final long everyNanos;
    private long last = System.nanoTime();
    private int count;

    HolderKills(LocalServers servers, Duration every) {
        this.servers = servers;
        this.everyNanos = every.toNanos();
    }

    /** Kills and restarts the holder of the run's lease if a kill is due. Returns true, for use in a condition. */
    boolean strike(String run) {
        if (System.nanoTime() - last >= everyNanos) {
            try {
                if (servers.killHolder(run)) {
                    last = System.nanoTime();
                    count++;
                }
            } catch (IOException e) {
                throw new CommandFailure("a killed coordinator cannot be started again: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure("interrupted while a coordinator was killed", e);
            }
        }
        return true;
    }

    /** Waits until all coordinators respond again. */
    void end() throws IOException {
        servers.awaitBack();
    }

    int count() {
        return count;
    }
}
