package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.round.RoundClosed;
import io.evenkeel.coordinator.secagg.StepEnded;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time series of one run: its traffic on this coordinator, and its state if this coordinator holds its lease.
 * Thread-safe.
 */
final class RunSeries {

    private final long run;
    private final RunTraffic traffic;
    private final @Nullable CohortTraffic cohorts;
    private @Nullable RunGauges gauges;
    private @Nullable Instant overSince;

    /** @param cohorts null in a run without secure aggregation */
    RunSeries(long run, RunTraffic traffic, @Nullable CohortTraffic cohorts) {
        this.run = run;
        this.traffic = traffic;
        this.cohorts = cohorts;
    }

    long run() {
        return run;
    }

    RunTraffic traffic() {
        return traffic;
    }

    synchronized @Nullable RunGauges gauges() {
        return gauges;
    }

    synchronized void show(RunGauges made) {
        gauges = made;
    }

    synchronized void hide() {
        if (gauges != null) {
            gauges.remove();
            gauges = null;
        }
    }

    synchronized void closed(RoundClosed round) {
        traffic.closed(round.record(), round.times());
        if (gauges != null) {
            gauges.show(gauges.figures().closed(round.record()));
        }
    }

    void ended(StepEnded step) {
        if (cohorts != null) {
            cohorts.ended(step);
        }
    }

    void leftOut() {
        if (cohorts != null) {
            cohorts.leftOut();
        }
    }

    /** Returns when this coordinator first noticed that the run is over; records the given time on the first call. */
    synchronized Instant overSince(Instant now) {
        if (overSince == null) {
            overSince = now;
        }
        return overSince;
    }

    synchronized void remove() {
        hide();
        traffic.remove();
        if (cohorts != null) {
            cohorts.remove();
        }
    }
}
