package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.run.Member;
import io.evenkeel.core.wire.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds a round's messages to the model and to the round's figures in the given order. Adds many at a time, which is several
 * times as fast ({@link LiveModel#add(List)}), but not more than d values at once, which take 12 d bytes. Not thread-safe.
 */
final class RoundSum {

    private final LiveModel model;
    private final MemberWeights weights;
    private final RoundTally tally;
    private final List<LiveModel.Weighted> gathered = new ArrayList<>();
    private long values;

    /**
     * @param model begun
     * @param active the members of the round
     * @param tally gets what the messages report
     */
    RoundSum(LiveModel model, List<Member> active, RoundTally tally) {
        this.model = model;
        this.weights = new MemberWeights(active);
        this.tally = tally;
    }

    /**
     * Adds a message, now or with later ones.
     *
     * @param ordinal its sender's
     * @param bytes those it was sent as
     */
    void add(int ordinal, Message message, int bytes) {
        double weight = weights.of(ordinal);
        tally.add(ordinal, weight, message.sequence(), message.report(), bytes);
        if (values + message.delta().count() > model.sum().length) {
            finish();
        }
        gathered.add(new LiveModel.Weighted(message.delta(), weight));
        values += message.delta().count();
    }

    /** Adds what is left. */
    void finish() {
        model.add(gathered);
        gathered.clear();
        values = 0;
    }
}
