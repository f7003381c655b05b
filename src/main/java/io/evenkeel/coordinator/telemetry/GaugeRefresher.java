package io.evenkeel.coordinator.telemetry;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Keeps gauges fresh, in a thread of its own that may wait for the database. */
@Component
class GaugeRefresher implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(GaugeRefresher.class);

    private final RunMetrics metrics;
    private final TelemetrySettings settings;
    private volatile ScheduledExecutorService timer = newTimer();
    private volatile boolean running;
    private boolean failing;

    GaugeRefresher(RunMetrics metrics, TelemetrySettings settings) {
        this.metrics = metrics;
        this.settings = settings;
    }

    private void refresh() {
        try {
            metrics.refresh();
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.warn(
                        "Metrics of runs stay as they were until the database answers: {}",
                        String.valueOf(e.getMessage()));
            }
            failing = true;
        }
    }

    @Override
    public void start() {
        if (timer.isShutdown()) {
            timer = newTimer();
        }
        running = true;
        long pause = settings.refresh().toMillis();
        if (pause > 0) {
            var unused = timer.scheduleWithFixedDelay(this::refresh, 0, pause, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdown();
        try {
            if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("Metrics are still being read from a database that does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After everything it looks at, and stopped before that. */
    @Override
    public int getPhase() {
        return 1;
    }

    private static ScheduledExecutorService newTimer() {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "metrics");
            thread.setDaemon(true);
            return thread;
        });
    }
}
