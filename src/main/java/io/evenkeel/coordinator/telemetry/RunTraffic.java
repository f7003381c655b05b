package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.model.Downlink;
import io.evenkeel.coordinator.round.ClosingTimes;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.round.RoundRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts this coordinator's work for one run since the coordinator started, whether or not it holds the lease. The
 * constructor creates all meters, so counting allocates nothing. Thread-safe.
 */
final class RunTraffic {

    private static final Duration[] ANSWER_TIMES = millis(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000);
    private static final Duration[] CLOSING_TIMES =
            millis(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000);
    private static final Duration[] ROUND_TIMES =
            seconds(1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400);

    private final long run;
    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();
    private final Map<MessageOutcome, Counter> messages = new EnumMap<>(MessageOutcome.class);
    private final Timer accept;
    private final DistributionSummary staleness;
    private final Counter closedRounds;
    private final Counter extensions;
    private final Counter uplink;
    private final Counter denseUplink;
    private final Timer round;
    private final Timer closing;
    private final Timer summing;
    private final Timer stepping;
    private final Timer storing;

    RunTraffic(MeterRegistry registry, PlanCache.Known run, Downlink downlink) {
        this.run = run.run();
        this.registry = registry;
        this.tags = Tags.of("run", run.plan().name());
        for (MessageOutcome outcome : MessageOutcome.values()) {
            messages.put(outcome, messages(outcome));
        }
        accept = timer("accept", "Time from the first byte of an accepted message to its receipt", ANSWER_TIMES);
        staleness = kept(DistributionSummary.builder("evenkeel.run.staleness")
                .baseUnit("rounds")
                .description("Number of rounds from the model of an accepted message to the round that contains it")
                .tags(tags)
                .register(registry));
        closedRounds = counter("rounds.closed", null, "Rounds closed");
        extensions = counter(
                "extensions", null, "Times that closed rounds were extended because too few messages had arrived");
        uplink = counter("uplink", BaseUnits.BYTES, "Bytes of the messages in closed rounds, as accepted");
        denseUplink = counter("uplink.dense", BaseUnits.BYTES, "Size of those messages uncompressed, as float32");
        round = timer("round.duration", "Time from opening a round to closing it, pauses included", ROUND_TIMES);
        closing =
                timer("closing", "Time to close a round, from reading the first message to the commit", CLOSING_TIMES);
        summing = part("sum");
        stepping = part("step");
        storing = part("store");
        long dense = run.plan().denseBytes();
        served("downlink", downlink, counts -> counts.bytes(run.run()), "Bytes of models, updates and replicas served");
        served(
                "downlink.dense",
                downlink,
                counts -> (double) counts.answers(run.run()) * dense,
                "Size of the same number of downloads of the whole model as float32");
    }

    /** Returns the run's key. */
    long run() {
        return run;
    }

    void answered(MessageOutcome outcome) {
        Objects.requireNonNull(messages.get(outcome)).increment();
    }

    void accepted(long nanos, int roundsLate) {
        accept.record(nanos, TimeUnit.NANOSECONDS);
        staleness.record(roundsLate);
    }

    void closed(RoundRecord record, ClosingTimes times) {
        closedRounds.increment();
        extensions.increment(record.extended());
        uplink.increment((double) record.uplinkBytes());
        denseUplink.increment((double) record.denseUplinkBytes());
        round.record(Duration.between(record.openedAt(), record.closedAt()));
        closing.record(times.total());
        summing.record(times.summing());
        stepping.record(times.stepping());
        storing.record(times.storing());
    }

    void remove() {
        meters.forEach(registry::remove);
    }

    private Counter messages(MessageOutcome outcome) {
        return kept(Counter.builder("evenkeel.run.messages")
                .description(
                        "Messages by outcome. repeated: the same bytes again; round_closed: closed or not open yet;"
                                + " conflict:"
                                + " another message for an answered round; unauthorised: also senders that are not"
                                + " members")
                .tags(tags.and("outcome", outcome.text()))
                .register(registry));
    }

    private Counter counter(String name, @Nullable String unit, String description) {
        return kept(Counter.builder("evenkeel.run." + name)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private Timer timer(String name, String description, Duration[] limits) {
        return kept(Timer.builder("evenkeel.run." + name)
                .description(description)
                .serviceLevelObjectives(limits)
                .tags(tags)
                .register(registry));
    }

    private Timer part(String part) {
        return kept(Timer.builder("evenkeel.run.closing.part")
                .description("Time to close a round, by part: sum (read, check and add the messages), step, store")
                .tags(tags.and("part", part))
                .register(registry));
    }

    private void served(String name, Downlink downlink, ToDoubleFunction<Downlink> value, String description) {
        kept(FunctionCounter.builder("evenkeel.run." + name, downlink, value)
                .baseUnit(BaseUnits.BYTES)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private <T extends Meter> T kept(T meter) {
        meters.add(meter);
        return meter;
    }

    private static Duration[] millis(long... values) {
        Duration[] times = new Duration[values.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = Duration.ofMillis(values[i]);
        }
        return times;
    }

    private static Duration[] seconds(long... values) {
        Duration[] times = new Duration[values.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = Duration.ofSeconds(values[i]);
        }
        return times;
    }
}
