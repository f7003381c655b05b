package io.evenkeel.core.secagg;

import io.evenkeel.core.vector.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a run's plan that determines or protects a message. All members of a cohort must use the same values, so
 * it is part of their {@link CohortBasis}. None of it changes during a run.
 *
 * <p>The plan's rounds, step rule and step sizes are not part of it: the coordinator takes the step, and a device sees
 * only the resulting model. The staleness is always 0 with secure aggregation.
 *
 * @param tensors the model's tensors in order
 * @param algorithm the algorithm's name
 * @param feedback the device's half of error feedback, in its text form
 * @param eta the momentum weights, in the schedule's text form
 * @param horizon the number of rounds for which schedules with a horizon are computed
 * @param compressor the compressor, in its text form
 * @param downlink the compressor of a lossy downlink, in its text form; null if the downlink is lossless
 * @param seed the seed of the shared support
 * @param owners the owners whose devices may be in a cohort: Ed25519 public keys, 32 bytes each; not copied
 * @param rules the sizes of cohorts, and the shares that may drop out and collude, as given in the plan
 * @param rebaseEvery the number of rounds after which the sum and all g_i start from zero
 * @param exponent the unit of the fixed point is 2^exponent
 * @param privacy the noise that devices add; null if the run has no privacy
 */
public record CohortPlan(
        List<Tensor> tensors,
        String algorithm,
        String feedback,
        String eta,
        int horizon,
        String compressor,
        @Nullable String downlink,
        long seed,
        List<byte[]> owners,
        CohortRules rules,
        int rebaseEvery,
        int exponent,
        @Nullable Privacy privacy) {

    /** Copies the lists. */
    public CohortPlan {
        tensors = List.copyOf(tensors);
        owners = List.copyOf(owners);
    }

    /**
     * A plan's differential privacy.
     *
     * @param mechanism the bound of a message and the noise, in the text form
     *     {@code <normalization>:<bound>:<noise multiplier>}
     * @param delta the probability for which epsilon is stated
     * @param epsilon the epsilon that a device may spend; null for no limit
     */
    public record Privacy(
            String mechanism, double delta, @Nullable Double epsilon) {}

    /** Adds all fields to a digest, in the encoding of client-sdk/FORMAT.md. */
    void addTo(MessageDigest digest) {
        Fields out = new Fields(digest);
        out.text(algorithm);
        out.text(feedback);
        out.text(eta);
        out.text(compressor);
        out.text(downlink == null ? "" : downlink);
        out.i32(horizon);
        out.i64(seed);
        out.i32(tensors.size());
        for (Tensor tensor : tensors) {
            out.text(tensor.name());
            out.i32(tensor.shape().size());
            tensor.shape().forEach(out::i32);
        }
        out.i32(owners.size());
        owners.forEach(out::bytes);
        out.f64(rules.dropout());
        out.f64(rules.collusion());
        out.i32(rebaseEvery);
        out.i32(exponent);
        out.i32(rules.minMembers());
        out.i32(rules.maxMembers());
        out.i32(privacy == null ? 0 : 1);
        if (privacy != null) {
            out.text(privacy.mechanism());
            out.f64(privacy.delta());
            out.i32(privacy.epsilon() == null ? 0 : 1);
            out.f64(privacy.epsilon() == null ? 0 : privacy.epsilon());
        }
    }

    /** Writes little-endian fields. */
    private static final class Fields {

        private final MessageDigest digest;
        private final byte[] bytes = new byte[Long.BYTES];
        private final ByteBuffer number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

        Fields(MessageDigest digest) {
            this.digest = digest;
        }

        void i32(int value) {
            number.putInt(0, value);
            digest.update(bytes, 0, Integer.BYTES);
        }

        void i64(long value) {
            number.putLong(0, value);
            digest.update(bytes, 0, Long.BYTES);
        }

        void f64(double value) {
            i64(Double.doubleToLongBits(value));
        }

        void text(String text) {
            bytes(text.getBytes(StandardCharsets.UTF_8));
        }

        void bytes(byte[] value) {
            i32(value.length);
            digest.update(value);
        }
    }
}
