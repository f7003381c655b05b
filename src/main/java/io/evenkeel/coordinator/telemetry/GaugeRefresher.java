package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Reads the values of gauges from the database every few seconds. If that fails, gauges keep their last values. */
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

    /** Returns more time than a busy database needs, because the connections are closed immediately afterwards. */
    @Override
    protected Duration stopTimeout() {
        return Duration.ofSeconds(5);
    }

    /** Starts after the components that the gauges show, and stops before them. */
    @Override
    public int getPhase() {
        return 1;
    }
}
