package io.evenkeel.core.feedback;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The kinds of error feedback. The texts are permanent, since plans and devices' saved state contain them. */
public enum FeedbackMethod {
    /** EF21 (Richtárik, Sokolov, Fatkhullin 2021). */
    EF21(Entry.of("ef21", "Each device sends the change of its gradient.").needing(Need.FULL_GRADIENTS), true, false),
    /** EF21 on a client-side momentum estimate (Fatkhullin, Tyurin, Richtárik 2023). */
    EF21_MOMENTUM(
            Entry.of("ef21-momentum", "Each device sends the change of a running mean of its gradients."), true, true),
    /**
     * EF21 on implicit gradient transport: one gradient, at an extrapolated point (Sadiev et al., arXiv
     * 2511.14501).
     */
    EF21_IGT(
            Entry.of("ef21-igt", "A running mean of gradients at an extrapolated model, which follows the model.")
                    .needing(Need.PREVIOUS_MODEL),
            true,
            true),
    /** EF21 on STORM: two gradients on the same sample (Sadiev et al., arXiv 2511.14501). */
    EF21_STORM(
            Entry.of("ef21-storm", "A running mean of gradients, corrected by a second gradient on the same sample.")
                    .needing(Need.TWO_GRADIENTS, Need.PREVIOUS_MODEL),
            true,
            true),
    /** Classic error feedback (Seide et al. 2014). */
    EF14(
            Entry.of("ef14", "Each device adds to its next gradient what compression dropped.")
                    .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION),
            false,
            false),
    /** Classic error feedback whose memory decays (SparseLoCo, arXiv 2508.15706); eta is the decay beta. */
    EF14_DECAY(
            Entry.of("ef14-decay", "Each device adds to its next gradient a part of what compression dropped.")
                    .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION),
            false,
            false),
    /** No feedback. */
    NONE(Entry.of("none", "Each device sends its gradient."), false, false);

    private final Entry entry;
    private final boolean retainsSum;
    private final boolean momentum;

    FeedbackMethod(Entry entry, boolean retainsSum, boolean momentum) {
        this.entry = entry;
        this.retainsSum = retainsSum;
        this.momentum = momentum;
    }

    /** Returns the name in plans. */
    public String text() {
        return entry.name();
    }

    /** Returns the catalogue entry. */
    public Entry entry() {
        return entry;
    }

    /**
     * Returns whether the coordinator's sum persists over rounds, so that a silent client still contributes all that it
     * has sent. If not, a round's direction is the mean of that round's messages.
     */
    public boolean retainsSum() {
        return retainsSum;
    }

    /** Returns whether the method averages gradients over rounds, with eta as the weight of the new one. */
    public boolean hasMomentum() {
        return momentum;
    }

    /**
     * Returns whether the device keeps the model of its last accepted message. A message is then computed
     * from the model and the gradient, by {@link ErrorFeedback#stage(double[], double[], double[], double,
     * io.evenkeel.core.compress.Compressor, long)}.
     */
    public boolean keepsModel() {
        return this == EF21_IGT || this == EF21_STORM;
    }

    /**
     * Returns whether the gradient is computed at a point other than the round's model, see {@link
     * ErrorFeedback#point}.
     */
    public boolean extrapolates() {
        return this == EF21_IGT;
    }

    /** Returns whether a message needs two gradients on the same sample, see {@link ErrorFeedback#secondPoint}. */
    public boolean needsTwoGradients() {
        return this == EF21_STORM;
    }

    /**
     * Finds a method by its name.
     *
     * @throws IllegalArgumentException if there is no such method; the message lists the known ones
     */
    public static FeedbackMethod parse(String text) {
        return Arrays.stream(values())
                .filter(method -> method.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text
                        + "' is not an error feedback method: expected one of "
                        + Arrays.stream(values()).map(FeedbackMethod::text).collect(Collectors.joining(", "))));
    }
}
