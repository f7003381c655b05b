package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.member.LostMessageTable;
import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.permission.RunPatterns;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Lists runs whose devices reported in the last seven days that acknowledged messages are lost. Thread-safe.
 */
@Component
class LostMessageOverview implements OverviewSource {

    private static final int MAX_RUNS = 200;

    private final LostMessageTable table;
    private final DurableTransactions transactions;

    LostMessageOverview(LostMessageTable table, DurableTransactions transactions) {
        this.table = table;
        this.transactions = transactions;
    }

    @Override
    public List<WaitingItem> waiting(RunPatterns readers, Instant now) {
        return transactions.read(() -> table.since(now.minus(REMEMBERED), MAX_RUNS)).stream()
                .filter(loss -> readers.contain(loss.run()))
                .map(loss -> new WaitingItem(
                        WaitingCode.MESSAGES_LOST,
                        true,
                        Subject.RUN,
                        loss.run(),
                        loss.summary().reportedAt(),
                        "its database was restored to an earlier state: acknowledged messages that are missing: "
                                + loss.summary().messages() + ", of rounds "
                                + loss.summary().firstRound() + " to "
                                + loss.summary().lastRound() + ", as devices report: "
                                + loss.summary().devices(),
                        "evenkeel runs show " + loss.run()))
                .toList();
    }
}
