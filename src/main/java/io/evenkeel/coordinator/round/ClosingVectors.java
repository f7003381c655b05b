package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.MemberVector;
import io.evenkeel.coordinator.retention.MemberVectors;
import io.evenkeel.coordinator.retention.MemberVectors.Wanted;
import io.evenkeel.engine.definition.ValidatedPlan;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Rebuilds members' vectors g_i while a round is being closed, and checks that nothing accepted is missing. Thread-safe. */
@Component
class ClosingVectors {

    private final MemberVectors vectors;
    private final DurableTransactions transactions;

    ClosingVectors(MemberVectors vectors, DurableTransactions transactions) {
        this.vectors = vectors;
        this.transactions = transactions;
    }

    /**
     * Rebuilds g_i, the sum of everything accepted from a member, including the frozen round. Takes 24 d bytes, of
     * which 8 d remain in the result.
     *
     * @throws CorruptionException if stored data is damaged
     */
    MemberVector of(long run, ValidatedPlan plan, Member member) {
        return since(run, plan, member, null);
    }

    /**
     * Returns the same, starting from a vector that already contains some of the messages.
     *
     * @param earlier the earlier vector, null for none; must not be used afterwards
     */
    MemberVector since(long run, ValidatedPlan plan, Member member, @Nullable MemberVector earlier) {
        if (earlier != null && isUpToDate(earlier, member)) {
            return earlier;
        }
        Wanted wanted = new Wanted(run, member.id(), member.ordinal(), member.sequence());
        MemberVector vector = transactions.read(() ->
                earlier != null && vectors.advance(plan, wanted, earlier) ? earlier : vectors.rebuild(plan, wanted));
        if (!isUpToDate(vector, member)) {
            throw new CorruptionException(
                    run,
                    member.lastRound(),
                    member.ordinal(),
                    vector.sequence() + " messages are stored, but " + member.sequence() + " were accepted");
        }
        return vector;
    }

    private static boolean isUpToDate(MemberVector vector, Member member) {
        return vector.sequence() == member.sequence() && vector.head() == member.head();
    }
}
