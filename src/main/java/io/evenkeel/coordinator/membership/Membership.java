package io.evenkeel.coordinator.membership;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.engine.definition.PlanView;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.message.AcceptanceReceipt;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.RunState;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device's membership of a run, with everything that it needs to continue.
 *
 * @param run the run's name
 * @param client the device
 * @param weight the weight w_i from the next round on, within the run's bounds
 * @param ordinal its position in the order in which messages are added
 * @param activeFrom the first round it takes part in
 * @param sequence the number of its messages that were accepted
 * @param head the digest of its last accepted message, 16 zeros if there is none
 * @param round the round of that message
 * @param lastReceipt its receipt
 * @param state the run's state
 * @param members the number of members that the run has
 * @param minParticipants the minimum number of messages in a round, and of members needed to start the run
 * @param stalled why a running run makes no progress; absent if it does
 * @param plan the run's plan
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Membership(
        String run,
        String client,
        double weight,
        int ordinal,
        int activeFrom,
        long sequence,
        String head,
        @Nullable Integer round,
        @Nullable AcceptanceReceipt lastReceipt,
        RunState state,
        int members,
        int minParticipants,
        @Nullable RunStall stalled,
        PlanView plan) {

    static Membership of(
            Member member,
            Optional<AcceptedMessage> last,
            ValidatedPlan plan,
            Members.Progress progress,
            @Nullable RunStall stalled) {
        Double pending = member.pendingWeight();
        return new Membership(
                plan.name(),
                member.clientId(),
                pending == null ? member.weight() : pending,
                member.ordinal(),
                member.activeFrom(),
                member.sequence(),
                HexFormat.of().toHexDigits(member.head()),
                last.isPresent() ? (Integer) last.get().round() : null,
                last.isPresent() ? last.get().receipt(plan.name()) : null,
                progress.state(),
                progress.members(),
                progress.rules().minParticipants(),
                stalled,
                PlanView.of(plan, progress.rules()));
    }
}
