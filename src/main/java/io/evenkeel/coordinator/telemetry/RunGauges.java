package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.definition.StopReason;
import io.evenkeel.coordinator.round.record.RoundRecord;
import io.evenkeel.coordinator.run.RunState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The state of one run as gauges; created by the coordinator that holds its lease. Thread-safe. */
final class RunGauges {

    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();
    private volatile RunGaugeValues figures;

    RunGauges(MeterRegistry registry, String run, RunGaugeValues figures) {
        this.registry = registry;
        this.tags = Tags.of("run", run);
        this.figures = figures;
        for (RunState state : RunState.values()) {
            if (state != RunState.CREATED) {
                state(state);
            }
        }
        for (StopReason reason : StopReason.values()) {
            stopped(reason);
        }
        now("round", null, "The open round; the number of rounds once finished", RunGaugeValues::round);
        now(
                "round.opened.timestamp",
                "seconds",
                "When it was opened: when the one before was closed, or the run started",
                RunGaugeValues::openedAtSeconds);
        now(
                "round.limit",
                "seconds",
                "How long a round stays open unless it is extended",
                seen -> seen.limit().toMillis() / 1000.0);
        now("round.messages", null, "Messages accepted into the open round", RunGaugeValues::accepted);
        now(
                "round.extensions",
                null,
                "Times the open round was extended for want of messages",
                RunGaugeValues::extended);
        now(
                "stalled",
                null,
                "1 if the run makes no progress, although it is running; 0 otherwise",
                seen -> seen.stalled() ? 1 : 0);
        now("members", null, "Members in the open round", RunGaugeValues::members);
        now("smoothness.l0", null, "Estimate of L0 from the ratios that devices report", RunGaugeValues::l0);
        now("smoothness.l1", null, "Estimate of L1 from the ratios that devices report", RunGaugeValues::l1);
        now(
                "privacy.epsilon",
                null,
                "Epsilon that the device with the most accepted messages has spent",
                RunGaugeValues::epsilon);
        last("sampled", "Members asked in the round closed last", RoundRecord::sampled);
        last("participants", "Members whose messages are in the round closed last", RoundRecord::participants);
        last(
                "stragglers",
                "Members asked in the round closed last and not in it",
                record -> Math.max(0, record.sampled() - record.participants()));
        last(
                "loss",
                "Mean of the losses reported in the round closed last",
                record -> RunGaugeValues.orNaN(record.loss()));
        last("direction.norm", "||g||, the length of the direction last stepped along", RoundRecord::directionNorm);
        last("gamma", "Step size of the round closed last", RoundRecord::gamma);
    }

    RunGaugeValues figures() {
        return figures;
    }

    void show(RunGaugeValues newest) {
        figures = newest;
    }

    void remove() {
        meters.forEach(registry::remove);
    }

    private void state(RunState state) {
        meters.add(Gauge.builder("evenkeel.run.state", this, gauges -> gauges.figures.state() == state ? 1 : 0)
                .description("1 for the state the run is in, 0 for the others")
                .tags(tags.and("state", state.text()))
                .register(registry));
    }

    private void stopped(StopReason reason) {
        meters.add(Gauge.builder("evenkeel.run.stopped", this, gauges -> gauges.figures.stopReason() == reason ? 1 : 0)
                .description("1 for the reason why the run ended or paused by itself, 0 for the others")
                .tags(tags.and("reason", reason.text()))
                .register(registry));
    }

    private void last(String name, String description, ToDoubleFunction<RoundRecord> figure) {
        now(name, null, description, seen -> seen.ofLast(figure));
    }

    private void now(String name, @Nullable String unit, String description, ToDoubleFunction<RunGaugeValues> figure) {
        meters.add(Gauge.builder("evenkeel.run." + name, this, gauges -> figure.applyAsDouble(gauges.figures))
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry));
    }
}
