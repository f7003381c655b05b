package io.evenkeel.coordinator.telemetry;

import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.round.RoundRecord;
import io.evenkeel.engine.run.RunState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The state of one run as gauges; created by the coordinator that holds the run's lease. Thread-safe. */
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
                "Unix time at which the open round was opened: when the previous one was closed, or the run started."
                        + " time() minus this is the time since the last closed round",
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
                "Times the open round was extended because too few messages had arrived",
                RunGaugeValues::extended);
        now(
                "stalled",
                null,
                "1 if a running run makes no progress: its open round was extended twice,"
                        + " or its deadline passed a minute ago and no coordinator has acted on it; 0 otherwise",
                seen -> seen.stalled() ? 1 : 0);
        now("members", null, "Members in the open round", RunGaugeValues::members);
        now(
                "smoothness.l0",
                null,
                "Estimate of L0 from the ratios that devices report: GET /api/v1/runs/{run}/smoothness has"
                        + " intervals",
                RunGaugeValues::l0);
        now("smoothness.l1", null, "Estimate of L1 from the ratios that devices report", RunGaugeValues::l1);
        now(
                "privacy.epsilon",
                null,
                "Epsilon that the device with the most accepted messages has spent, in a run with privacy;"
                        + " NaN in others",
                RunGaugeValues::epsilon);
        last("sampled", "Members that had a task in the last closed round", RoundRecord::sampled);
        last("participants", "Members whose messages are in the last closed round", RoundRecord::participants);
        last(
                "stragglers",
                "Members that had a task in the last closed round, without an accepted message",
                record -> Math.max(0, record.sampled() - record.participants()));
        last(
                "loss",
                "Mean of the losses reported in the last closed round, with the weights of the members",
                record -> RunGaugeValues.orNaN(record.loss()));
        last("direction.norm", "||g||, the length of the direction of the last step", RoundRecord::directionNorm);
        last("gamma", "Step size of the last closed round", RoundRecord::gamma);
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
                .description("1 for the current state of the run, 0 for the others")
                .tags(tags.and("state", state.text()))
                .register(registry));
    }

    private void stopped(StopReason reason) {
        meters.add(Gauge.builder("evenkeel.run.stopped", this, gauges -> gauges.figures.stopReason() == reason ? 1 : 0)
                .description("1 for the reason why the run ended or paused automatically, 0 for the others")
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
