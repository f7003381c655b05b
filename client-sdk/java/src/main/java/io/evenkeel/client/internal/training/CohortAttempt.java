package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.client.SecureAggregationException;
import io.evenkeel.client.internal.protocol.AttemptSteps;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.client.internal.state.RoundMarkers;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * A device's part of one attempt to aggregate a round: advertises keys, shares secrets, sends the masked
 * vector and reveals. The secrets exist only in memory, and only for this attempt. Used once.
 */
final class CohortAttempt {

    private final CohortContext context;
    private final AttemptSteps steps;
    private final StepPolling polling;
    private final SecAggDevice device;
    private final SignedAdvertisement own;
    private final CohortRules rules;
    private final ClientListener listener;

    /**
     * @param member the device's ordinal in the run
     * @param terms the device's terms
     * @param planned the run's terms
     */
    CohortAttempt(
            CohortContext context,
            int member,
            SecureAggregation terms,
            RunSecureAggregation planned,
            AttemptSteps steps,
            StepPolling polling,
            ClientListener listener) {
        this.context = context;
        this.steps = steps;
        this.polling = polling;
        this.listener = listener;
        this.device = new SecAggDevice(context, member, new SecureRandom());
        this.own = terms.identity().sign(device.advertisement(), context);
        this.rules = new CohortRules(
                Math.max(terms.minimumCohort(), planned.minMembers()),
                planned.maxMembers(),
                planned.dropout(),
                planned.collusion());
    }

    /**
     * Takes the steps up to the reveal.
     *
     * @param pending the staged message
     * @param previous the digest of the device's previous message in a sum, 0 if there is none
     * @param words the masked vector's layout
     * @param noise the noise; the device adds its share to its words; null without privacy. Each attempt has its
     *     own noise, since repeated noise would cancel in the difference of two sums
     * @param markers record that the device masks and reveals
     * @param spending counts the vector before it is sent; null without privacy
     * @throws CoordinatorException if the attempt continues without this device, or not at all
     * @throws SecureAggregationException if something could reveal the message; then nothing was revealed
     */
    void take(
            Pending pending,
            long previous,
            VectorWords words,
            @Nullable CohortNoise noise,
            RoundMarkers markers,
            @Nullable PrivacySpending spending)
            throws InterruptedException {
        try {
            steps.put("keys", SecAggFrames.encode(own));
            shareSecrets();
            MaskedVector vector = masked(pending, previous, words, noise);
            markers.mask(context.round());
            if (spending != null) {
                // A sent vector may be read: the shares of the others are enough to unmask it.
                spending.count();
            }
            steps.put("masked", SecAggFrames.encode(vector));
            Reveal reveal = device.reveal(
                    SecAggFrames.decodeIncluded(polling.frame(steps, "included", SecAggFrames.mostBytes())));
            markers.reveal(context.round());
            steps.put("reveals", SecAggFrames.encode(reveal));
        } catch (SecAggException | WireException e) {
            throw new SecureAggregationException(
                    "round " + context.round() + " of run '" + context.run() + "', attempt " + context.attempt() + ": "
                            + e.getMessage()
                            + ": the device has revealed nothing and stops; ask the coordinator's operator, and train again"
                            + " only after the cause is known",
                    e);
        }
    }

    private void shareSecrets() throws SecAggException, InterruptedException {
        CohortKeys cohort = SecAggFrames.decodeCohort(polling.frame(steps, "keys", SecAggFrames.mostBytes()));
        rules.check(context, own, cohort);
        listener.cohortFormed(
                context.round(), context.attempt(), cohort.members().size());
        steps.put(
                "shares", SecAggFrames.encodeSent(device.share(cohort.neighboursOf(own.member()), cohort.threshold())));
    }

    private MaskedVector masked(Pending pending, long previous, VectorWords words, @Nullable CohortNoise noise)
            throws SecAggException, InterruptedException {
        byte[] shares = polling.frame(steps, "shares", SecAggFrames.mostBytes());
        int[] vector = words.encode(values(pending.delta()), pending.loss());
        if (noise != null) {
            noise.add(vector, vector.length - VectorWords.EXTRA, new DiscreteGaussian(new SecureRandom()::nextBytes));
        }
        device.mask(vector, SecAggFrames.decodeReceived(shares, own.member()));
        return new MaskedVector(pending.sequence(), previous, pending.digest(), vector);
    }

    /** Returns a message's values in the order of its support. */
    private static double[] values(CompressedVector delta) {
        double[] values = new double[delta.count()];
        for (int j = 0; j < values.length; j++) {
            values[j] = delta.value(j);
        }
        return values;
    }
}
