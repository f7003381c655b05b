package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.permission.RunPatterns;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Lists the requests to end the protection of an alias that a second operator must confirm. Thread-safe. */
@Component
class AliasOverview implements OverviewSource {

    private static final int MAX_LISTED = 50;

    private final ProtectedAliases aliases;
    private final DurableTransactions transactions;

    AliasOverview(ProtectedAliases aliases, DurableTransactions transactions) {
        this.aliases = aliases;
        this.transactions = transactions;
    }

    @Override
    public List<WaitingItem> waiting(RunPatterns readers, Instant now) {
        if (!readers.areAll()) {
            return List.of();
        }
        return transactions.read(() -> aliases.releasing(MAX_LISTED)).stream()
                .map(AliasOverview::item)
                .toList();
    }

    private static WaitingItem item(ProtectedAliases.Protection protection) {
        return new WaitingItem(
                WaitingCode.ALIAS_RELEASE,
                false,
                Subject.MODEL,
                protection.model(),
                null,
                "'" + protection.releaseBy() + "' has asked to end the protection of alias '" + protection.alias()
                        + "', which another operator must confirm",
                "evenkeel models protect " + protection.model() + " --alias " + protection.alias() + " --release");
    }
}
