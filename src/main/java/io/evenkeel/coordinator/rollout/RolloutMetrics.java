package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.rollout.RolloutState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Exports the states of roll-outs as gauges. Every coordinator reads them from the database. Thread-safe. */
@Component
class RolloutMetrics {

    private static final Duration SHOWN = Duration.ofDays(1);

    private final RolloutTable rollouts;
    private final RolloutEventTable events;
    private final DurableTransactions transactions;
    private final Clock clock;
    private volatile Map<RolloutState, Long> states = Map.of();
    private volatile int stoppedByRules;
    private volatile @Nullable Instant waitingSince;

    RolloutMetrics(
            RolloutTable rollouts,
            RolloutEventTable events,
            DurableTransactions transactions,
            MeterRegistry registry,
            Clock clock) {
        this.rollouts = rollouts;
        this.events = events;
        this.transactions = transactions;
        this.clock = clock;
        for (RolloutState state : RolloutState.values()) {
            Gauge.builder("evenkeel.rollouts", this, metrics -> metrics.states.getOrDefault(state, 0L))
                    .description("Roll-outs in the database by state")
                    .tag("state", state.text())
                    .register(registry);
        }
        Gauge.builder("evenkeel.rollouts.stopped.by.rules", this, metrics -> metrics.stoppedByRules)
                .description("Roll-outs that their rules have stopped in the last 24 hours")
                .register(registry);
        Gauge.builder("evenkeel.rollouts.approval.wait", this, RolloutMetrics::waitSeconds)
                .baseUnit("seconds")
                .description("The longest time that a roll-out has waited for a second operator's approval; 0 if"
                        + " none waits")
                .register(registry);
    }

    private double waitSeconds() {
        Instant since = waitingSince;
        return since == null ? 0 : Duration.between(since, clock.instant()).toMillis() / 1000.0;
    }

    /** Reads the current values. */
    void refresh() {
        transactions.read(() -> {
            states = rollouts.states();
            stoppedByRules = events.stoppedByRules(clock.instant().minus(SHOWN));
            waitingSince = rollouts.waitingSince().orElse(null);
            return true;
        });
    }
}
