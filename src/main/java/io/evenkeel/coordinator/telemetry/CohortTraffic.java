package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.secagg.StepEnded;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts the attempts of one run that this coordinator has advanced since it started. Thread-safe. */
final class CohortTraffic {

    private static final List<AttemptPhase> STEPS =
            List.of(AttemptPhase.KEYS, AttemptPhase.SHARES, AttemptPhase.MASKED, AttemptPhase.REVEAL);

    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Map<AttemptPhase, Counter> attempts = new EnumMap<>(AttemptPhase.class);
    private final Map<AttemptPhase, Timer> steps = new EnumMap<>(AttemptPhase.class);
    private final Map<AttemptPhase, Counter> dropouts = new EnumMap<>(AttemptPhase.class);
    private final DistributionSummary members;
    private final Counter leftOut;

    CohortTraffic(MeterRegistry registry, String run) {
        this.registry = registry;
        Tags tags = Tags.of("run", run);
        for (AttemptPhase result : List.of(AttemptPhase.DONE, AttemptPhase.FAILED)) {
            attempts.put(
                    result,
                    kept(Counter.builder("evenkeel.run.attempts")
                            .description(
                                    "With secure aggregation, attempts to add masked messages. A failed one costs its"
                                            + " devices a few requests; the next one uses the same messages")
                            .tags(tags.and("result", result.text()))
                            .register(registry)));
        }
        for (AttemptPhase step : STEPS) {
            Tags ofStep = tags.and("step", step.text());
            steps.put(
                    step,
                    kept(Timer.builder("evenkeel.run.attempt.step")
                            .description(
                                    "With secure aggregation, time that an attempt waited for a step of its members."
                                            + " The time for keys includes the devices' computation")
                            .tags(ofStep)
                            .register(registry)));
            dropouts.put(
                    step,
                    kept(Counter.builder("evenkeel.run.dropouts")
                            .description("Members of cohorts that did not take a step. If their share exceeds"
                                    + " secureAggregation.dropout, attempts fail")
                            .tags(ofStep)
                            .register(registry)));
        }
        members = kept(DistributionSummary.builder("evenkeel.run.cohort")
                .baseUnit("members")
                .description("Members of cohorts whose vectors were added")
                .tags(tags)
                .register(registry));
        leftOut = kept(Counter.builder("evenkeel.run.left.out")
                .baseUnit("members")
                .description("Members excluded from cohorts, because their shares were wrong in two rounds")
                .tags(tags)
                .register(registry));
    }

    void leftOut() {
        leftOut.increment();
    }

    void ended(StepEnded step) {
        Timer timer = steps.get(step.step());
        Counter gone = dropouts.get(step.step());
        Counter result = step.attempt() == null ? null : attempts.get(step.attempt());
        if (timer != null && gone != null) {
            timer.record(step.took());
            gone.increment(step.dropouts());
        }
        if (result != null) {
            result.increment();
        }
        if (step.attempt() == AttemptPhase.DONE) {
            members.record(step.members());
        }
    }

    void remove() {
        meters.forEach(registry::remove);
    }

    private <T extends Meter> T kept(T meter) {
        meters.add(meter);
        return meter;
    }
}
