package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.core.compress.ScatterMean;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.round.RoundTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds a round's messages to the model, unless its sum is computed from the members' vectors, and to the round's
 * figures, in the given order. Adds many at a time, which is faster ({@link LiveModel#add(List)}). Not thread-safe.
 */
final class RoundSum {

    private final LiveModel model;
    private final Map<Integer, RoundMembers.Sender> senders;
    private final RoundTally tally;
    private final boolean sums;
    private final double @Nullable [] factors;
    private final @Nullable ScatterMean mean;
    private final List<LiveModel.Weighted> gathered = new ArrayList<>();
    private long values;
    private int number;

    /**
     * @param model the model, with the round started
     * @param senders the members of the round that have sent a message, by ordinal
     * @param tally receives the figures reported in the messages
     * @param sums whether the messages are added to S; false if S is computed from the members' vectors
     * @param factors the factor of each message, in the order in which they are added; null for 1
     * @param scatters whether each coordinate is averaged over its senders
     */
    RoundSum(
            LiveModel model,
            Map<Integer, RoundMembers.Sender> senders,
            RoundTally tally,
            boolean sums,
            double @Nullable [] factors,
            boolean scatters) {
        this.model = model;
        this.senders = senders;
        this.tally = tally;
        this.sums = sums;
        this.factors = factors;
        this.mean = scatters ? new ScatterMean(model.sum().length) : null;
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
        gathered.add(new LiveModel.Weighted(message.delta(), factors == null ? weight : factors[number++] * weight));
        values += message.delta().count();
        if (mean != null) {
            mean.add(message.delta().support(), weight);
        }
    }

    private double weight(int ordinal) {
        RoundMembers.Sender sender = senders.get(ordinal);
        if (sender == null) {
            throw new IllegalStateException(
                    "a message is from the member with ordinal " + ordinal + ", which does not take part in the round");
        }
        return sender.weight();
    }

    /** Adds the collected messages if they have d/8 values or more, which take 1.5 d bytes. */
    void addMany() {
        if (values >= model.sum().length / 8) {
            addAll();
        }
    }

    private void addAll() {
        model.add(gathered);
        gathered.clear();
        values = 0;
    }

    /** Adds the remaining messages, and completes the mean. */
    void finish() {
        addAll();
        if (mean != null) {
            mean.scale(model.sum(), tally.weight());
        }
    }
}
