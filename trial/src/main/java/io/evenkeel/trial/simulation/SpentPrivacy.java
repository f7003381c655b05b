package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.trial.experiment.ArmPrivacy;
import org.jspecify.annotations.Nullable;

/**
 * Computes the epsilon that a run has spent, as the coordinator does: that of the client with the most
 * messages.
 */
final class SpentPrivacy {

    private final @Nullable ArmPrivacy privacy;
    private final Participation participation;
    private final int dimension;
    private final int[] messages;
    private int counted;
    private int most;

    /**
     * @param privacy the arm's privacy; null without privacy
     * @param dimension the model's dimension
     */
    SpentPrivacy(@Nullable ArmPrivacy privacy, Participation participation, int clients, int dimension) {
        this.privacy = privacy;
        this.participation = participation;
        this.dimension = dimension;
        this.messages = new int[clients];
    }

    /**
     * Returns epsilon after a number of rounds; NaN without privacy.
     *
     * @param rounds not fewer than in the previous call
     */
    double after(int rounds) {
        if (privacy == null) {
            return Double.NaN;
        }
        for (; counted < rounds; counted++) {
            Support participants = participation.of(counted);
            for (int p = 0; p < participants.count(); p++) {
                most = Math.max(most, ++messages[participants.index(p)]);
            }
        }
        return privacy.epsilon(most, participation.count(), dimension);
    }
}
