package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.draw.DeclineCause;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Records members that decline to take part in a round. The round does not wait for them. The sum treats them
 * like members that send nothing, so it stays exact. A member that changes its mind can still send its
 * message. Thread-safe.
 */
@Component
class Declining {

    private final RunRepository runs;
    private final Members members;
    private final OpenRoundCache openRounds;
    private final RoundDeclines declines;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;
    private final Map<DeclineCause, Counter> counters = new EnumMap<>(DeclineCause.class);

    Declining(
            RunRepository runs,
            Members members,
            OpenRoundCache openRounds,
            RoundDeclines declines,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events,
            MeterRegistry metrics) {
        this.runs = runs;
        this.members = members;
        this.openRounds = openRounds;
        this.declines = declines;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
        for (DeclineCause reason : DeclineCause.values()) {
            counters.put(
                    reason,
                    Counter.builder("evenkeel.declines")
                            .description("Rounds that members declined")
                            .tag("reason", reason.text())
                            .register(metrics));
        }
    }

    /**
     * Records that a member declines the open round. Records nothing if the round did not select the member,
     * or if the member has already answered. A power failure may lose the record; the round then waits for
     * the member.
     *
     * @throws ProblemException {@code member-not-found}, {@code wrong-state} if the run is over, {@code round-closed},
     *     {@code round-not-open}
     */
    void decline(PlanCache.Known known, int round, String client, DeclineCause reason) {
        transactions.writeLazily(() -> {
            Run run = runs.locked(known.run());
            MemberRow member = members.present(run, List.of(client)).get(client);
            if (member == null) {
                throw JoinRules.notFound(run.name(), client);
            }
            requireOpen(run, round);
            if (openRounds.asks(run, member)) {
                boolean isNew = !declines.has(run.id(), round, member.ordinal());
                declines.put(run.id(), round, member.ordinal(), reason, clock.instant());
                if (isNew) {
                    counter(reason).increment();
                }
            }
        });
        events.publishEvent(new RunChanged(known.run()));
    }

    private Counter counter(DeclineCause reason) {
        return Objects.requireNonNull(counters.get(reason));
    }

    private static void requireOpen(Run run, int round) {
        if (run.state().isOver()) {
            throw run.wrongState("run '" + run.name() + "' is " + run.state().text() + " and has no open round");
        }
        if (round < run.openRound()) {
            throw ProblemKind.ROUND_CLOSED
                    .because(
                            "round " + round + " of run '" + run.name()
                                    + "' is closed; nothing waits for this device there",
                            "continue with the open round, " + run.round())
                    .with("openRound", run.round());
        }
        if (round > run.openRound()) {
            throw ProblemKind.ROUND_NOT_OPEN
                    .because(
                            "round " + round + " of run '" + run.name() + "' is not open yet",
                            "decline a round after it has selected the device")
                    .with("openRound", run.openRound());
        }
    }

    /** Returns how many members declined a round, by reason. */
    Map<String, Long> reasons(PlanCache.Known known, int round) {
        Map<String, Long> reasons = new TreeMap<>();
        transactions
                .read(() -> declines.reasons(known.run(), round))
                .forEach((reason, count) -> reasons.put(reason.text(), count));
        return reasons;
    }
}
