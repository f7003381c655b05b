package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.core.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Adds a round's messages to the model, unless its sum is robust, and to the round's figures, in the given order. Adds
 * many at a time, which is faster ({@link LiveModel#add(List)}). Not thread-safe.
 */
final class RoundSum {

    private final LiveModel model;
    private final Map<Integer, RoundMembers.Sender> senders;
    private final RoundTally tally;
    private final boolean sums;
    private final List<LiveModel.Weighted> gathered = new ArrayList<>();
    private long values;

    /**
     * @param model the model, with the round started
     * @param senders the members of the round that have sent a message, by ordinal
     * @param tally receives the figures reported in the messages
     * @param sums whether the messages are added to S; false if S is computed from the members' vectors
     */
    RoundSum(LiveModel model, Map<Integer, RoundMembers.Sender> senders, RoundTally tally, boolean sums) {
        this.model = model;
        this.senders = senders;
        this.tally = tally;
        this.sums = sums;
    }

    /**
     * Collects a message, to be added with others.
     *
     * @param ordinal the ordinal of its sender
     * @param bytes its encoding
     */
    void add(int ordinal, Message message, int bytes) {
        double weight = weight(ordinal);
        tally.add(ordinal, weight, message.sequence(), message.report(), bytes);
        if (!sums) {
            return;
        }
        gathered.add(new LiveModel.Weighted(message.delta(), weight));
        values += message.delta().count();
    }

    private double weight(int ordinal) {
        RoundMembers.Sender sender = senders.get(ordinal);
        if (sender == null) {
            throw new IllegalStateException(
                    "a message is from ordinal " + ordinal + ", which takes no part in the round");
        }
        return sender.weight();
    }

    /** Adds the collected messages if they have d/8 values or more, which take 1.5 d bytes. */
    void addMany() {
        if (values >= model.sum().length / 8) {
            finish();
        }
    }

    /** Adds the remaining messages. */
    void finish() {
        model.add(gathered);
        gathered.clear();
        values = 0;
    }
}
