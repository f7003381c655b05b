package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.model.Downlink;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.round.RoundClosed;
import io.evenkeel.coordinator.round.RoundRecords;
import io.evenkeel.coordinator.round.SmoothnessEstimates;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunState;
import io.evenkeel.core.smoothness.Envelope;
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
 * The series of runs that are under way, and for a while of those that are over; bounded in number. Gauges show what the database
 * says, so that after a restart or a fail-over they go on where they were. Thread-safe.
 */
@Component
class RunMetrics {

    private final Map<String, RunSeries> series = new ConcurrentHashMap<>();
    private final MeterRegistry registry;
    private final RunFigureQueries rows;
    private final RoundRecords records;
    private final SmoothnessEstimates estimates;
    private final PlanCache plans;
    private final Leases leases;
    private final Downlink downlink;
    private final TelemetrySettings settings;
    private final Clock clock;
    private volatile Map<RunState, Long> states = Map.of();
    private volatile int unheld;
    private volatile int unmetered;

    RunMetrics(
            MeterRegistry registry,
            RunFigureQueries rows,
            RoundRecords records,
            SmoothnessEstimates estimates,
            PlanCache plans,
            Leases leases,
            Downlink downlink,
            TelemetrySettings settings,
            Clock clock) {
        this.registry = registry;
        this.rows = rows;
        this.records = records;
        this.estimates = estimates;
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
                .description("Running runs whose round is overdue and whose lease nobody holds")
                .register(registry);
        Gauge.builder("evenkeel.runs.unmetered", this, metrics -> metrics.unmetered)
                .description("Runs under way without series of their own, as evenkeel.metrics.runs are reached")
                .register(registry);
    }

    /** Returns the traffic of a run of which there are series already, null for all other names, whoever made them up. */
    @Nullable
    RunTraffic known(String run) {
        RunSeries known = series.get(run);
        return known == null ? null : known.traffic();
    }

    /** Returns the traffic of a run that is known to exist, null if there are too many. */
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

    /** Reads how all runs stand. */
    void refresh() {
        List<RunFigureQueries.RunRow> underWay = rows.underWay();
        underWay.forEach(row -> follow(row.name()));
        underWay.forEach(this::show);
        Set<String> going = underWay.stream().map(RunFigureQueries.RunRow::name).collect(Collectors.toSet());
        series.forEach((name, run) -> {
            if (!going.contains(name)) {
                end(name, run);
            }
        });
        unmetered =
                (int) going.stream().filter(name -> !series.containsKey(name)).count();
        states = rows.states();
        unheld = leases.unheld();
    }

    private void follow(String name) {
        if (series.size() < settings.runs() && !series.containsKey(name)) {
            add(plans.named(name));
        }
    }

    private synchronized void add(PlanCache.Known run) {
        String name = run.plan().name();
        if (series.size() < settings.runs() && !series.containsKey(name)) {
            series.put(name, new RunSeries(run.run(), new RunTraffic(registry, run, downlink)));
        }
    }

    private void show(RunFigureQueries.RunRow row) {
        RunSeries run = series.get(row.name());
        if (run == null) {
            return;
        }
        if (!leases.isHeld(row.id())) {
            run.hide();
            return;
        }
        RunGauges gauges = run.gauges();
        RunFigures figures = figures(row, gauges == null ? null : gauges.figures());
        if (gauges == null) {
            run.show(new RunGauges(registry, row.name(), figures));
        } else {
            gauges.show(figures);
        }
    }

    private RunFigures figures(RunFigureQueries.RunRow row, @Nullable RunFigures before) {
        Envelope.Line line = before == null || before.estimatedIn() != row.round()
                ? estimates.line(row.id()).orElse(null)
                : before.smoothness();
        return new RunFigures(
                row.state(),
                row.round(),
                plans.of(row.id()).maxTime(),
                row.openedAt(),
                row.accepted(),
                row.extended(),
                rows.members(row.id(), row.round()),
                records.newest(row.id()).orElse(null),
                line,
                row.round());
    }

    private void end(String name, RunSeries run) {
        Instant now = clock.instant();
        if (!run.overSince(now).plus(settings.keepFinished()).isAfter(now)) {
            series.remove(name);
            run.remove();
            return;
        }
        RunGauges gauges = run.gauges();
        if (gauges != null) {
            rows.started(run.run())
                    .ifPresent(row -> gauges.show(gauges.figures().over(row.state())));
        }
    }
}
