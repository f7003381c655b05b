package io.evenkeel.core.algorithm;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.PlainStep;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The named algorithms. The texts are permanent, since configurations contain them. */
public enum Preset {
    /** EF21 with the plain step. */
    EF21("ef21", FeedbackMethod.EF21, new PlainStep()),
    /** ||EF21||, arXiv 2410.16871, Algorithm 1. */
    EF21_NORM("ef21-norm", FeedbackMethod.EF21, new NormalizedStep()),
    /** EF21 with client momentum and the plain step. */
    EF21_SGDM("ef21-sgdm", FeedbackMethod.EF21_MOMENTUM, new PlainStep()),
    /** ||EF21-SGDM||, arXiv 2410.16871, Algorithm 2. */
    EF21_SGDM_NORM("ef21-sgdm-norm", FeedbackMethod.EF21_MOMENTUM, new NormalizedStep()),
    /** ||EF21-IGT||, arXiv 2511.14501: implicit gradient transport, one gradient at an extrapolated point. */
    EF21_IGT_NORM("ef21-igt-norm", FeedbackMethod.EF21_IGT, new NormalizedStep()),
    /** ||EF21-STORM||, arXiv 2511.14501: two gradients on the same sample. */
    EF21_STORM_NORM("ef21-storm-norm", FeedbackMethod.EF21_STORM, new NormalizedStep()),
    /** EF21 with IGT and a step size that follows the reported losses: the default where nothing is known of the loss. */
    EF21_ADAPTIVE("ef21-adaptive", FeedbackMethod.EF21_IGT, StepRule.parse("sufficient-decrease")),
    /** EF21 with distance over gradients, which needs no step size. */
    EF21_DISTANCE("ef21-distance", FeedbackMethod.EF21, StepRule.parse("distance-over-gradients")),
    /** EF21-Muon, arXiv 2510.00643: client momentum, and orthogonal factors of the matrices. */
    EF21_MUON("ef21-muon", FeedbackMethod.EF21_MOMENTUM, StepRule.parse("muon")),
    /** EF21 with momentum on the coordinator. */
    EF21_FEDAVGM("ef21-fedavgm", FeedbackMethod.EF21, StepRule.parse("fedavgm")),
    /** EF21 with FedAdam on the coordinator. */
    EF21_FEDADAM("ef21-fedadam", FeedbackMethod.EF21, StepRule.parse("fedadam")),
    /** EF21 with FedYogi on the coordinator. */
    EF21_FEDYOGI("ef21-fedyogi", FeedbackMethod.EF21, StepRule.parse("fedyogi")),
    /** Classic error feedback (Seide et al. 2014): the error is added to the next gradient. */
    EF14("ef14", FeedbackMethod.EF14, new PlainStep()),
    /** Compressed gradients without feedback; not guaranteed to converge. */
    DCGD("dcgd", FeedbackMethod.NONE, new PlainStep()),
    /** Uncompressed gradient descent. */
    GD("gd", FeedbackMethod.NONE, new PlainStep()),
    /** Uncompressed gradient descent with normalized steps. */
    GD_NORM("gd-norm", FeedbackMethod.NONE, new NormalizedStep());

    private final String text;
    private final FeedbackMethod feedback;
    private final StepRule step;

    Preset(String text, FeedbackMethod feedback, StepRule step) {
        this.text = text;
        this.feedback = feedback;
        this.step = step;
    }

    /** Returns the name in configuration. */
    public String text() {
        return text;
    }

    /** Returns the clients' error feedback. */
    public FeedbackMethod feedback() {
        return feedback;
    }

    /** Returns the default step rule of the coordinator. */
    public StepRule step() {
        return step;
    }

    /** Returns the default momentum, 1 without momentum. */
    public Schedule defaultEta() {
        return this == EF21_ADAPTIVE ? MomentumSchedules.ADAPTIVE_ETA : MomentumSchedules.eta(feedback);
    }

    /**
     * Returns the default step sizes with a step rule, or null if they depend on the loss.
     *
     * @param rule the coordinator's step rule, the preset's own or another
     */
    public @Nullable Schedule defaultGamma(StepRule rule) {
        Schedule usual = rule.defaultGamma(feedback.hasMomentum());
        // Rules whose steps shrink over the run take the exponent from the theory of the devices' momentum.
        return usual instanceof Schedule.Horizon ? MomentumSchedules.gamma(feedback, usual) : usual;
    }

    /** Returns whether the algorithm is defined without compression. */
    public boolean uncompressed() {
        return this == GD || this == GD_NORM;
    }

    /** Returns the default compressor. */
    public String defaultCompressor() {
        return uncompressed() ? "identity" : "top-k:0.01";
    }

    /**
     * Finds an algorithm by its name.
     *
     * @throws IllegalArgumentException if there is no such algorithm; the message lists the known ones
     */
    public static Preset parse(String text) {
        return Arrays.stream(values())
                .filter(preset -> preset.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not an algorithm: expected one of "
                        + Arrays.stream(values()).map(Preset::text).collect(Collectors.joining(", "))));
    }
}
