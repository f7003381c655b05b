package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.membership.MessagesLost;
import io.evenkeel.coordinator.model.Downlink;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.round.RoundClosed;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.secagg.MemberLeftOut;
import io.evenkeel.coordinator.secagg.StepEnded;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Keeps the time series of active runs, and for some time those of runs that are over. The number of runs is limited.
 * Gauges show values from the database, so they survive a restart or a failover. Thread-safe.
 */
@Component
class RunMetrics {

    private final Map<String, RunSeries> series = new ConcurrentHashMap<>();
    private final MeterRegistry registry;
    private final RunTable rows;
    private final RunFigureReader reader;
    private final PlanCache plans;
    private final Leases leases;
    private final Downlink downlink;
    private final TelemetrySettings settings;
    private final Clock clock;
    private volatile Map<RunState, Long> states = Map.of();
    private volatile int unheld;
    private volatile int distrusted;
    private volatile int unmetered;
    private final Counter lost;

    RunMetrics(
            MeterRegistry registry,
            RunTable rows,
            RunFigureReader reader,
            PlanCache plans,
            Leases leases,
            Downlink downlink,
            TelemetrySettings settings,
            Clock clock) {
        this.registry = registry;
        this.rows = rows;
        this.reader = reader;
        this.plans = plans;
        this.leases = leases;
        this.downlink = downlink;
        this.settings = settings;
        this.clock = clock;
        for (RunState state : RunState.values()) {
            Gauge.builder("evenkeel.runs", this, metrics -> metrics.states.getOrDefault(state, 0L))
                    .description("Runs in the database by state")
                    .tag("state", state.text())
                    .register(registry);
        }
        Gauge.builder("evenkeel.runs.without.lease.holder", this, metrics -> metrics.unheld)
                .description("Running runs with an overdue round and no holder of the lease")
                .register(registry);
        Gauge.builder("evenkeel.runs.chain.broken", this, metrics -> metrics.distrusted)
                .description(
                        "Runs whose stored rows did not match their hash chains when they were last checked. They are"
                                + " stopped")
                .register(registry);
        lost = Counter.builder("evenkeel.messages.lost")
                .description(
                        "Acknowledged messages that are missing because the database was restored to an earlier state,"
                                + " as devices report to this replica")
                .register(registry);
        Gauge.builder("evenkeel.runs.unmetered", this, metrics -> metrics.unmetered)
                .description("Active runs without series, because evenkeel.metrics.runs is reached")
                .register(registry);
    }

    /** Returns the traffic of a run that already has series; null for other names, which a caller may have invented. */
    @Nullable
    RunTraffic known(String run) {
        RunSeries known = series.get(run);
        return known == null ? null : known.traffic();
    }

    /** Returns the traffic of an existing run, and creates its series; null if there are too many. */
    @Nullable
    RunTraffic of(String run) {
        RunTraffic known = known(run);
        if (known == null) {
            follow(run);
            known = known(run);
        }
        return known;
    }

    @EventListener
    void closed(RoundClosed round) {
        follow(round.run());
        RunSeries closed = series.get(round.run());
        if (closed != null) {
            closed.closed(round);
        }
    }

    @EventListener
    void ended(StepEnded step) {
        follow(step.run());
        RunSeries run = series.get(step.run());
        if (run != null) {
            run.ended(step);
        }
    }

    @EventListener
    void lost(MessagesLost report) {
        lost.increment((double) report.messages());
    }

    @EventListener
    void leftOut(MemberLeftOut member) {
        follow(member.run());
        RunSeries run = series.get(member.run());
        if (run != null) {
            run.leftOut();
        }
    }

    /** Reads the figures of all runs, and removes the series of those that were deleted. */
    void refresh() {
        // Copied before the runs are read, so that a run created in between is not treated as deleted.
        Map<String, RunSeries> known = Map.copyOf(series);
        Set<Long> existing = Set.copyOf(rows.keys());
        known.forEach((name, run) -> {
            if (!existing.contains(run.run())) {
                remove(name, run);
            }
        });
        List<RunRow> underWay = rows.underWay();
        underWay.forEach(row -> follow(row.name()));
        underWay.forEach(this::show);
        Set<String> going = underWay.stream().map(RunRow::name).collect(Collectors.toSet());
        series.forEach((name, run) -> {
            if (!going.contains(name)) {
                end(name, run);
            }
        });
        unmetered =
                (int) going.stream().filter(name -> !series.containsKey(name)).count();
        states = rows.states();
        unheld = leases.unheld();
        distrusted = rows.distrusted();
    }

    private void follow(String name) {
        if (series.size() < settings.runs() && !series.containsKey(name)) {
            add(plans.named(name));
        }
    }

    private synchronized void add(PlanCache.Known run) {
        String name = run.plan().name();
        if (series.size() < settings.runs() && !series.containsKey(name)) {
            CohortTraffic cohorts = run.plan().secureAggregation() == null ? null : new CohortTraffic(registry, name);
            series.put(name, new RunSeries(run.run(), new RunTraffic(registry, run, downlink), cohorts));
        }
    }

    private void show(RunRow row) {
        RunSeries run = series.get(row.name());
        if (run == null) {
            return;
        }
        if (!leases.isHeld(row.id())) {
            run.hide();
            return;
        }
        RunGauges gauges = run.gauges();
        RunGaugeValues figures = reader.read(row, gauges == null ? null : gauges.figures());
        if (gauges == null) {
            run.show(new RunGauges(registry, row.name(), figures));
        } else {
            gauges.show(figures);
        }
    }

    private void remove(String name, RunSeries run) {
        series.remove(name, run);
        run.remove();
    }

    private void end(String name, RunSeries run) {
        Instant now = clock.instant();
        if (!run.overSince(now).plus(settings.keepFinished()).isAfter(now)) {
            remove(name, run);
            return;
        }
        RunGauges gauges = run.gauges();
        if (gauges != null) {
            rows.started(run.run())
                    .ifPresent(row -> gauges.show(gauges.figures().over(row.state(), row.stopReason())));
        }
    }
}
