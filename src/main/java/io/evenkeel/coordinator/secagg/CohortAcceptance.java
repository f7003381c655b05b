package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.message.StoredMessage;
import io.evenkeel.engine.run.Run;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Stores a cohort's sum and accepts the messages of all its members. Thread-safe. */
@Component
class CohortAcceptance {

    private final MemberRepository members;
    private final MemberTable chains;
    private final MessageStore messages;
    private final CohortSums sums;

    CohortAcceptance(MemberRepository members, MemberTable chains, MessageStore messages, CohortSums sums) {
        this.members = members;
        this.chains = chains;
        this.messages = messages;
        this.sums = sums;
    }

    /** Stores the sum of the open round, and its messages. Works in the caller's transaction, under the run's lock. */
    void store(Run run, int[] words, List<CohortUnmasking.Included> included, Instant now) {
        List<Integer> ordinals =
                included.stream().map(CohortUnmasking.Included::ordinal).toList();
        Map<Integer, Member> byOrdinal = members.findByRunIdAndOrdinalIn(run.id(), ordinals).stream()
                .collect(Collectors.toMap(Member::ordinal, Function.identity()));
        sums.insert(run.id(), run.round(), included.size(), words);
        List<StoredMessage> accepted = included.stream()
                .map(one -> message(Objects.requireNonNull(byOrdinal.get(one.ordinal())), one, run.round(), now))
                .toList();
        messages.insert(run.id(), accepted);
        chains.append(run.id(), accepted.stream().map(StoredMessage::link).toList());
        run.current().accept(accepted.size());
    }

    private static StoredMessage message(Member member, CohortUnmasking.Included included, int round, Instant now) {
        return new StoredMessage(
                member.id(),
                member.ordinal(),
                round,
                round,
                included.sequence(),
                included.digest(),
                now,
                included.bytes(),
                null);
    }
}
