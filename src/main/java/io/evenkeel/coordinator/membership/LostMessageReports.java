package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.member.LostMessageTable;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Records devices' reports of lost acknowledged messages. The coordinator cannot detect from its own rows that its
 * database was restored to an earlier state. Thread-safe.
 */
@Component
class LostMessageReports {

    private static final Logger LOG = LoggerFactory.getLogger(LostMessageReports.class);

    private final RunRepository runs;
    private final Members members;
    private final LostMessageTable table;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    LostMessageReports(
            RunRepository runs,
            Members members,
            LostMessageTable table,
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
     * Records a report. Does nothing if the run has the message, or if the member has already reported a loss
     * after the last message that the run still has.
     *
     * @param sequence the number of the newest message for which the device has a receipt
     * @param round the round of that message
     * @return the membership
     * @throws ProblemException {@code invalid}, {@code member-not-found}
     */
    Member report(PlanCache.Known known, String client, long sequence, int round) {
        boolean[] isNew = {false};
        Member reporting = transactions.write(() -> {
            Run run = runs.locked(known.run());
            Member member = members.get(known, client);
            long lost = sequence - member.sequence();
            if (lost > 0) {
                requirePossible(lost, round);
                isNew[0] = !table.has(run.id(), member.ordinal(), member.sequence());
            }
            if (isNew[0]) {
                Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
                table.insert(run.id(), member, sequence, round, now);
                run.loseMessages(now, told(member, sequence, round));
            }
            return member;
        });
        if (isNew[0]) {
            LOG.warn(
                    "Run '{}' has lost messages that it had acknowledged, because its database was restored to an"
                            + " earlier state: {}",
                    known.plan().name(),
                    told(reporting, sequence, round));
            events.publishEvent(new MessagesLost(known.plan().name(), sequence - reporting.sequence()));
        }
        return reporting;
    }

    /** Refuses a report of more messages than a device can have sent, which is one per round. */
    private static void requirePossible(long lost, int round) {
        if (lost > round + 1L) {
            throw ProblemKind.INVALID
                    .because(
                            "sequence: " + lost + " messages would be lost up to round " + round
                                    + ", and a device sends at most one for each round",
                            "name the number and the round of the newest receipt")
                    .with("field", "sequence");
        }
    }

    private static String told(Member member, long sequence, int round) {
        return "client " + member.clientId() + " reports receipts of messages that this run does not have: "
                + (sequence - member.sequence()) + ", of rounds " + (member.lastRound() + 1) + " to " + round
                + "; its newest receipt is for message " + sequence + ", but this run has its messages up to "
                + member.sequence();
    }
}
