package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.Member;
import io.evenkeel.coordinator.run.Members;
import io.evenkeel.coordinator.run.Plans;
import io.evenkeel.coordinator.storage.DurableTransactions;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.FrameCodec;
import org.springframework.stereotype.Component;

/** Gives a device that lost its state its own g_i back, rebuilt from what was accepted from it. Thread-safe. */
@Component
class MemberStates {

    private final Members members;
    private final MessageStore messages;
    private final DurableTransactions transactions;

    MemberStates(Members members, MessageStore messages, DurableTransactions transactions) {
        this.members = members;
        this.messages = messages;
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
     * @throws io.evenkeel.coordinator.problem.ProblemException {@code member-not-found}
     */
    State of(Plans.Known known, String client) {
        MessageReader reader = new MessageReader(known.plan());
        double[] memory = new double[known.plan().dimension()];
        Member member = transactions.read(() -> {
            Member found = members.get(known, client);
            if (known.plan().retainsSum()) {
                messages.forEachOf(
                        found.id(),
                        found.sequence(),
                        (ordinal, payload) ->
                                reader.read(payload, message -> message.delta().addTo(memory, 1)));
            }
            return found;
        });
        return new State(member.sequence(), member.head(), FrameCodec.encode(compact(memory)));
    }

    private static CompressedVector compact(double[] memory) {
        int count = 0;
        for (double value : memory) {
            if (value != 0) {
                count++;
            }
        }
        if (count > memory.length / 2) {
            return new CompressedVector(new Support.All(memory.length), ValueCoding.FLOAT64, memory);
        }
        int[] indices = new int[count];
        double[] values = new double[count];
        int next = 0;
        for (int j = 0; j < memory.length; j++) {
            if (memory[j] != 0) {
                indices[next] = j;
                values[next++] = memory[j];
            }
        }
        return new CompressedVector(new Support.Listed(memory.length, indices), ValueCoding.FLOAT64, values);
    }
}
