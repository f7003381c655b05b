package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Reads the gauges' values from the database every few seconds; if that fails, gauges keep their last values. */
@Component
class GaugeRefresher extends BackgroundWork {

    private final RunMetrics metrics;

    GaugeRefresher(RunMetrics metrics, TelemetrySettings settings, FailureLog failures) {
        super("metrics", settings.refresh(), failures);
        this.metrics = metrics;
    }

    @Override
    protected void work() {
        metrics.refresh();
    }

    @Override
    protected Duration initialDelay() {
        return Duration.ZERO;
    }

    /** Longer than a busy database takes, because the connections are closed right after this. */
    @Override
    protected Duration stopTimeout() {
        return Duration.ofSeconds(5);
    }

    /** Starts after everything that the gauges show and stops before it. */
    @Override
    public int getPhase() {
        return 1;
    }
}
