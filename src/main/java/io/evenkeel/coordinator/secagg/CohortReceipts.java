package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.AcceptanceReceipt;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Finds the receipts of messages that are in a cohort's sum. Works in the caller's transaction. Thread-safe. */
@Component
class CohortReceipts {

    private final MemberTable members;
    private final MessageStore messages;

    CohortReceipts(MemberTable members, MessageStore messages) {
        this.members = members;
        this.messages = messages;
    }

    /**
     * Returns the receipt of a device's message for a round; empty if the message is not in a sum.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code member-not-found} if the device was never a member
     */
    Optional<AcceptanceReceipt> find(StepAcceptance.Turn turn) {
        String run = turn.run().plan().name();
        List<MemberRow> memberships = members.of(turn.run().run(), List.of(turn.client()));
        if (memberships.isEmpty()) {
            throw JoinRules.notFound(run, turn.client());
        }
        return messages
                .find(
                        memberships.stream().collect(Collectors.toMap(MemberRow::id, MemberRow::client)),
                        List.of(turn.round()))
                .stream()
                .findFirst()
                .map(accepted -> accepted.receipt(run));
    }
}
