package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.history.MemberVectors;
import io.evenkeel.coordinator.history.MovedException;
import io.evenkeel.coordinator.history.VectorFrames;
import io.evenkeel.coordinator.problem.Problem;
import io.evenkeel.coordinator.run.Damage;
import io.evenkeel.coordinator.run.Member;
import io.evenkeel.coordinator.run.Members;
import io.evenkeel.coordinator.run.Plans;
import io.evenkeel.coordinator.storage.DamagedException;
import io.evenkeel.coordinator.storage.DurableTransactions;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Gives a device that lost its state its own g_i back, rebuilt from what was accepted from it. Thread-safe. */
@Component
class MemberStates {

    private static final int ATTEMPTS = 5;

    private final Members members;
    private final MemberVectors vectors;
    private final Damage damage;
    private final DurableTransactions transactions;

    MemberStates(Members members, MemberVectors vectors, Damage damage, DurableTransactions transactions) {
        this.members = members;
        this.vectors = vectors;
        this.damage = damage;
        this.transactions = transactions;
    }

    /** A member's g_i after so many messages. */
    static final class State {

        private final long sequence;
        private final long head;
        private final byte[] frame;

        State(long sequence, long head, byte[] frame) {
            this.sequence = sequence;
            this.head = head;
            this.frame = frame;
        }

        /** Returns how many messages are in it. */
        long sequence() {
            return sequence;
        }

        /** Returns the digest of the last of them. */
        long head() {
            return head;
        }

        /** Returns g_i as a frame of float64. */
        byte[] frame() {
            return frame;
        }
    }

    /**
     * Rebuilds a member's g_i; d values of memory while it does.
     *
     * @throws io.evenkeel.coordinator.problem.ProblemException {@code member-not-found}, {@code storage-damaged}
     */
    State of(Plans.Known known, String client) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return damage.stopping(() -> transactions.read(() -> rebuild(known, members.get(known, client))));
            } catch (MovedException e) {
                // The member has sent more, and it was folded, since its row was read.
            }
        }
        throw Problem.BUSY
                .because("the state of client " + client + " changes too fast", "ask again in a second")
                .retryAfter(Duration.ofSeconds(1));
    }

    private State rebuild(Plans.Known known, Member member) {
        if (!known.plan().retainsSum()) {
            return new State(
                    member.sequence(),
                    member.head(),
                    VectorFrames.encode(new double[known.plan().dimension()]));
        }
        MemberVectors.Vector vector = vectors.rebuild(
                known.plan(), new MemberVectors.Wanted(known.run(), member.id(), member.ordinal(), member.sequence()));
        if (vector.sequence() != member.sequence() || vector.head() != member.head()) {
            throw new DamagedException(
                    known.run(), member.lastRound(), member.ordinal(), "the last accepted message is not stored");
        }
        return new State(member.sequence(), member.head(), VectorFrames.encode(vector.values()));
    }
}
