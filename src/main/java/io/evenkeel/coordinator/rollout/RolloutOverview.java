package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.overview.LatestEvent;
import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Lists roll-outs that wait for an operator or were stopped by a rule, and the events of roll-outs. Thread-safe. */
@Component
class RolloutOverview implements OverviewSource {

    private static final int MAX_LISTED = 50;

    private final RolloutTable rollouts;
    private final RolloutEventTable events;
    private final DurableTransactions transactions;

    RolloutOverview(RolloutTable rollouts, RolloutEventTable events, DurableTransactions transactions) {
        this.rollouts = rollouts;
        this.events = events;
        this.transactions = transactions;
    }

    @Override
    public List<WaitingItem> waiting(RunPatterns readers, Instant now) {
        if (!readers.areAll()) {
            return List.of();
        }
        return transactions.read(() -> {
            List<Rollout> found = new ArrayList<>(rollouts.list(null, RolloutState.WAITING, null, MAX_LISTED));
            found.addAll(rollouts.list(null, RolloutState.PAUSED, null, MAX_LISTED));
            found.addAll(rollouts.stoppedByRules(now.minus(REMEMBERED), MAX_LISTED));
            return found.stream().map(RolloutOverview::item).toList();
        });
    }

    /** Returns the item that describes the required action for a roll-out. */
    static WaitingItem item(Rollout rollout) {
        String what = rollout.model() + "@" + rollout.alias() + ", version " + rollout.version();
        return switch (rollout.state()) {
            case WAITING ->
                new WaitingItem(
                        WaitingCode.ROLLOUT_APPROVAL,
                        false,
                        Subject.ROLLOUT,
                        rollout.id(),
                        rollout.createdAt(),
                        what + ": an operator other than " + rollout.createdBy() + " must approve it",
                        "evenkeel rollouts approve " + rollout.id());
            case PAUSED ->
                new WaitingItem(
                        WaitingCode.ROLLOUT_PAUSED,
                        false,
                        Subject.ROLLOUT,
                        rollout.id(),
                        null,
                        what + ": " + Objects.requireNonNullElse(rollout.message(), "an operator has paused it"),
                        "evenkeel rollouts resume " + rollout.id());
            default ->
                new WaitingItem(
                        WaitingCode.ROLLOUT_STOPPED,
                        true,
                        Subject.ROLLOUT,
                        rollout.id(),
                        rollout.endedAt(),
                        what + ": " + Objects.requireNonNullElse(rollout.message(), "an operator has stopped it"),
                        "evenkeel rollouts show " + rollout.id());
        };
    }

    @Override
    public List<LatestEvent> latest(RunPatterns readers, Instant now, int limit) {
        if (!readers.areAll()) {
            return List.of();
        }
        return transactions.read(() -> events.newest(now.minus(REMEMBERED), limit)).stream()
                .map(event -> new LatestEvent(
                        event.at(),
                        Subject.ROLLOUT,
                        event.rollout(),
                        event.type().text(),
                        event.group(),
                        event.detail()))
                .toList();
    }
}
