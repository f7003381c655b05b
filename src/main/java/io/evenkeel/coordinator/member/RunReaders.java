package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.problem.ProblemException;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Decides which devices may read a run's models, updates and replicas: current and former members, devices
 * that may join, and devices with a {@link ReadingRight}. If every device may join a run, every device may
 * read it. Thread-safe.
 */
@Component
public class RunReaders {

    private final Members members;
    private final ClientDirectory directory;
    private final List<ReadingRight> rights;
    private final DurableTransactions transactions;

    RunReaders(
            Members members, ClientDirectory directory, List<ReadingRight> rights, DurableTransactions transactions) {
        this.members = members;
        this.directory = directory;
        this.rights = rights;
        this.transactions = transactions;
    }

    /**
     * Refuses a device that may not read the model of a round.
     *
     * @throws ProblemException {@code device-not-chosen}
     */
    public void requireModelReader(PlanCache.Known known, int round, String client) {
        String run = known.plan().name();
        boolean isReader = !isRestricted(known)
                || members.isKnown(known.run(), client)
                || transactions.read(() -> rights.stream().anyMatch(right -> right.mayRead(run, round, client)));
        if (!isReader) {
            requireReader(known, client);
        }
    }

    /**
     * Refuses a device that may not read the updates and replicas of a run, which contain the sum of its
     * members' messages.
     *
     * @throws ProblemException {@code device-not-chosen}
     */
    public void requireReader(PlanCache.Known known, String client) {
        if (isRestricted(known) && !members.isKnown(known.run(), client)) {
            transactions.read(() -> {
                JoinRules.requireChosen(known.plan(), client, () -> directory.visible(client));
                return true;
            });
        }
    }

    private static boolean isRestricted(PlanCache.Known known) {
        return known.plan().devices().part() != null
                || !known.plan().devices().join().isEmpty();
    }
}
