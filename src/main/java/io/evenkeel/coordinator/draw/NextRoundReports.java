package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Records the first round in which a member of a run with secure aggregation takes part again. Thread-safe. */
@Component
class NextRoundReports {

    private final RunRepository runs;
    private final Members members;
    private final NextRoundTable table;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    NextRoundReports(
            RunRepository runs,
            Members members,
            NextRoundTable table,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.members = members;
        this.table = table;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Records a report. A power failure may lose it; the device then repeats the report when a round next
     * asks it.
     *
     * @param round the first round in which the member's device takes part
     * @throws ProblemException {@code invalid} in a run without secure aggregation, {@code member-not-found}
     */
    void report(PlanCache.Known known, String client, int round) {
        if (known.plan().secureAggregation() == null) {
            throw ProblemKind.INVALID
                    .because(
                            "round: run '" + known.plan().name()
                                    + "' has no secure aggregation, so a device may take part" + " in every round",
                            "ask for the task, and decline the round if this device cannot take part")
                    .with("field", "round");
        }
        transactions.writeLazily(() -> {
            Run run = runs.locked(known.run());
            MemberRow member = members.present(run, List.of(client)).get(client);
            if (member == null) {
                throw JoinRules.notFound(run.name(), client);
            }
            table.put(run.id(), member.ordinal(), round, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        });
        events.publishEvent(new RunChanged(known.run()));
    }
}
