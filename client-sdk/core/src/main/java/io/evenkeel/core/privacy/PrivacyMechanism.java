package io.evenkeel.core.privacy;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.ReleaseMechanism;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;

/**
 * The mechanism of a private run: a message's values are scaled so that their norm does not exceed a bound,
 * and the device or the coordinator adds noise. Immutable. Only this type refers to the individual
 * mechanisms.
 */
public sealed interface PrivacyMechanism permits GaussianMechanism {

    /** Returns the rule by which values are scaled. */
    Normalization normalization();

    /** Returns the largest norm. */
    double bound();

    /** Returns the noise's standard deviation divided by the bound. */
    double noiseMultiplier();

    /** Returns the noise's standard deviation divided by the sensitivity. */
    double multiplier();

    /** Returns the privacy cost of one message. */
    PrivacyCost cost();

    /** Returns the epsilon that a device spends with a number of messages. */
    double epsilon(long messages, double delta);

    /** Returns the number of messages with which a device stays within an epsilon. */
    int releases(double epsilon, double delta);

    /**
     * Returns the mechanism for a compressor that {@link #requireSuited(CompressorSpec)} accepts.
     *
     * @param noise the source of its noise, used once per message
     */
    ReleaseMechanism on(CompressorSpec spec, NoiseSource noise);

    /**
     * Returns the mechanism that devices use if the coordinator adds the noise. It scales the values to the
     * bound, and rounds them to the grid.
     *
     * @throws IllegalArgumentException if the compressor is not suitable
     */
    ReleaseMechanism withoutNoise(CompressorSpec spec);

    /** Returns the grid on which the messages of a compressor lie. */
    NoiseGrid grid(CompressorSpec spec, NoiseAdder by);

    /** Returns the entries of all mechanisms. */
    static List<Entry> entries() {
        return List.of(GaussianMechanism.ENTRY);
    }

    /**
     * Returns the mechanism that a definition describes.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    static PrivacyMechanism of(Normalization normalization, double bound, double noiseMultiplier) {
        return new GaussianMechanism(normalization, bound, noiseMultiplier);
    }

    /**
     * Parses the text in a plan, such as {@code smoothed:1:0.5:8}.
     *
     * @throws IllegalArgumentException if the text is invalid; the message says what is expected
     */
    static PrivacyMechanism parse(String text) {
        return GaussianMechanism.parse(text);
    }

    /** Returns the mechanism that meets a target for a number of messages of each device. */
    static PrivacyMechanism calibrated(
            Normalization normalization, double bound, double epsilon, double delta, int messages) {
        return GaussianMechanism.calibrated(normalization, bound, epsilon, delta, messages);
    }

    /**
     * Checks that a compressor's choices reveal nothing about the data, and that its coding represents the
     * noise exactly.
     *
     * @throws IllegalArgumentException if it is not suitable; the message says why
     */
    static void requireSuited(CompressorSpec spec) {
        if (!spec.selection().entry().suits(Feature.PRIVACY)) {
            throw new IllegalArgumentException("'" + spec + "' chooses coordinates by their values, which reveals"
                    + " information about the data: with privacy use identity or rand-k");
        }
        if (!spec.coding().entry().suits(Feature.PRIVACY)) {
            throw new IllegalArgumentException(
                    "'" + spec + "' rounds values, but noise must travel exactly: with privacy use float32 or float64");
        }
    }

    /**
     * Checks that an error feedback method works with noise.
     *
     * @throws IllegalArgumentException if it does not; the message says why
     */
    static void requireSuited(FeedbackMethod method) {
        if (!method.entry().suits(Feature.PRIVACY)) {
            throw new IllegalArgumentException(
                    "'" + method.text() + "' adds up everything that normalization cuts off: with"
                            + " privacy use an algorithm with EF21, or one without error feedback");
        }
    }
}
