package io.evenkeel.coordinator.testing;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.secagg.FixedPointRelease;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The messages of a device in a run with secure aggregation: its g_i, its chain, and the words that it masks. */
final class CohortMessages {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final VectorWords coding;
    private final CompressorSpec spec;
    private final int rebaseEvery;
    private Compressor compressor;
    private @Nullable CohortNoise noise;
    private @Nullable NoiseSource source;
    private ErrorFeedback feedback;
    private long sequence;
    private long head;
    private int lastRound = -1;

    private @Nullable Staged staged;
    private int round;
    private long digest;
    private int[] words = {};

    CohortMessages(int dimension, VectorWords coding, String compressor, int rebaseEvery) {
        this.coding = coding;
        this.spec = CompressorSpec.parse(compressor);
        this.rebaseEvery = rebaseEvery;
        this.compressor = spec.bind(TensorLayout.flat(dimension)).releasing(new FixedPointRelease(coding.coding()));
        this.feedback = ErrorFeedback.start(FeedbackMethod.EF21, dimension);
    }

    /** Limits the norm of the messages and adds noise to the words. */
    void addNoise(CohortNoise shares, NoiseSource from) {
        noise = shares;
        source = from;
        compressor = spec.bind(TensorLayout.flat(Scene.DIMENSION)).releasing(shares.withoutNoise());
    }

    /** Resets the state, as if the device had left. */
    void startAnew() {
        feedback = ErrorFeedback.start(FeedbackMethod.EF21, feedback.vectors().get(0).length);
        sequence = 0;
        head = 0;
        lastRound = -1;
    }

    /** Computes the message for a round; it stays the same in all attempts. */
    void stage(int of, double[] gradient, OptionalDouble loss) {
        round = of;
        if (lastRound >= 0 && lastRound / rebaseEvery != of / rebaseEvery) {
            Arrays.fill(feedback.vectors().get(0), 0);
        }
        Staged next = feedback.stage(gradient.clone(), 1, compressor, SplitMix64.derive(0, of));
        staged = next;
        CompressedVector delta = next.delta();
        double[] values = new double[delta.count()];
        for (int j = 0; j < values.length; j++) {
            values[j] = delta.value(j);
        }
        words = coding.encode(values, noise == null ? loss : OptionalDouble.empty());
        if (noise != null) {
            noise.add(words, values.length, Objects.requireNonNull(source));
        }
        byte[] salt = new byte[16];
        RANDOM.nextBytes(salt);
        digest = Digest.salted(salt, new Message(sequence + 1, head, Report.of(1), delta).encode());
    }

    /** Applies the staged message to the state. */
    void commit() {
        feedback.commit(Objects.requireNonNull(staged));
        sequence++;
        head = digest;
        lastRound = round;
    }

    double[] memory() {
        return feedback.vectors().get(0);
    }

    CompressedVector delta() {
        return Objects.requireNonNull(staged).delta();
    }

    int[] words() {
        return words.clone();
    }

    /** Returns the salted digest of the staged message. */
    long digest() {
        return digest;
    }

    long sequence() {
        return sequence;
    }

    long head() {
        return head;
    }
}
