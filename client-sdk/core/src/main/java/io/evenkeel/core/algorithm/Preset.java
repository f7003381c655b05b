package io.evenkeel.core.algorithm;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.PlainStep;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The named algorithms. The texts are permanent, since configurations contain them. */
public enum Preset {
    /** EF21 with the plain step. */
    EF21(
            "ef21",
            "EF21 with plain steps: the fastest where their size is known and gradients are full.",
            FeedbackMethod.EF21,
            new PlainStep()),
    /** ||EF21||, arXiv 2410.16871, Algorithm 1. */
    EF21_NORM(
            "ef21-norm",
            "EF21 with normalized steps, which need no constant of the loss.",
            FeedbackMethod.EF21,
            new NormalizedStep()),
    /** EF21 with client momentum and the plain step. */
    EF21_SGDM(
            "ef21-sgdm",
            "EF21 with heavy-ball momentum on the devices and plain steps.",
            FeedbackMethod.EF21_MOMENTUM,
            new PlainStep()),
    /** ||EF21-SGDM||, arXiv 2410.16871, Algorithm 2. */
    EF21_SGDM_NORM(
            "ef21-sgdm-norm",
            "EF21 with heavy-ball momentum on the devices and normalized steps.",
            FeedbackMethod.EF21_MOMENTUM,
            new NormalizedStep()),
    /** ||EF21-IGT||, arXiv 2511.14501: implicit gradient transport, one gradient at an extrapolated point. */
    EF21_IGT_NORM(
            "ef21-igt-norm",
            "EF21 with implicit gradient transport and normalized steps.",
            FeedbackMethod.EF21_IGT,
            new NormalizedStep()),
    /** ||EF21-STORM||, arXiv 2511.14501: two gradients on the same sample. */
    EF21_STORM_NORM(
            "ef21-storm-norm",
            "EF21 with STORM and normalized steps.",
            FeedbackMethod.EF21_STORM,
            new NormalizedStep()),
    /**
     * EF21 with IGT and a step size derived from the slopes that devices measure: the default if nothing is
     * known about the loss.
     */
    EF21_ADAPTIVE(
            "ef21-adaptive",
            "EF21 with implicit gradient transport and a step size from the slope at each step's end; nothing to tune.",
            FeedbackMethod.EF21_IGT,
            StepRule.parse("slope")),
    /** EF21 with distance over gradients, which needs no step size. */
    EF21_DISTANCE(
            "ef21-distance",
            "EF21 with distance over gradients; nothing to tune.",
            FeedbackMethod.EF21,
            StepRule.parse("distance-over-gradients")),
    /** EF21-Muon, arXiv 2510.00643: client momentum, and orthogonal factors of the matrices. */
    EF21_MUON(
            "ef21-muon",
            "EF21 with heavy-ball momentum on the devices and orthogonal factors of the matrices.",
            FeedbackMethod.EF21_MOMENTUM,
            StepRule.parse("muon")),
    /** EF21 with momentum on the coordinator. */
    EF21_FEDAVGM(
            "ef21-fedavgm", "EF21 with momentum on the coordinator.", FeedbackMethod.EF21, StepRule.parse("fedavgm")),
    /** EF21 with FedAdam on the coordinator. */
    EF21_FEDADAM(
            "ef21-fedadam", "EF21 with FedAdam on the coordinator.", FeedbackMethod.EF21, StepRule.parse("fedadam")),
    /** EF21 with FedYogi on the coordinator. */
    EF21_FEDYOGI(
            "ef21-fedyogi", "EF21 with FedYogi on the coordinator.", FeedbackMethod.EF21, StepRule.parse("fedyogi")),
    /** Classic error feedback (Seide et al. 2014): the error is added to the next gradient. */
    EF14("ef14", "Classic error feedback: for minibatches and local steps.", FeedbackMethod.EF14, new PlainStep()),
    /** EF14 with a decaying memory, as in SparseLoCo, arXiv 2508.15706. The decay beta is eta. */
    EF14_DECAY(
            "ef14-decay",
            "Classic error feedback with a memory that decays by eta each round, as in SparseLoCo: for local steps.",
            FeedbackMethod.EF14_DECAY,
            new PlainStep()),
    /**
     * {@link #EF14_DECAY} with the mean that SparseLoCo's published code computes,
     * github.com/one-covenant/SparseLoCo.
     */
    EF14_DECAY_SCATTER_MEAN(
            "ef14-decay-scatter-mean",
            "ef14-decay that averages each coordinate over the devices that sent it.",
            FeedbackMethod.EF14_DECAY,
            new PlainStep()),
    /** Compressed gradients without feedback; not guaranteed to converge. */
    DCGD("dcgd", "Compressed gradients without feedback; need not converge.", FeedbackMethod.NONE, new PlainStep()),
    /** Uncompressed gradient descent. */
    GD("gd", "Uncompressed gradient descent.", FeedbackMethod.NONE, new PlainStep()),
    /** Uncompressed gradient descent with normalized steps. */
    GD_NORM(
            "gd-norm",
            "Uncompressed gradient descent with normalized steps.",
            FeedbackMethod.NONE,
            new NormalizedStep());

    private static final String SCHEDULE =
            "a schedule: constant:VALUE, horizon:VALUE:POWER, anytime:VALUE:POWER or warmup:VALUE:ROUNDS";

    private final String text;
    private final String summary;
    private final FeedbackMethod feedback;
    private final StepRule step;

    Preset(String text, String summary, FeedbackMethod feedback, StepRule step) {
        this.text = text;
        this.summary = summary;
        this.feedback = feedback;
        this.step = step;
    }

    /** Returns the name in configuration. */
    public String text() {
        return text;
    }

    /**
     * Returns the catalogue entry: the requirements of the error feedback and the step rule, and the defaults
     * of the other fields.
     */
    public Entry entry() {
        Schedule gamma = defaultGamma(step);
        return new Entry(
                text,
                summary,
                List.of(
                        Parameter.text("step", "a step rule", step.text()),
                        Parameter.text("gamma", SCHEDULE, gamma == null ? null : gamma.toString()),
                        Parameter.text("eta", SCHEDULE, defaultEta().toString()),
                        Parameter.text("compressor", "a compressor", defaultCompressor())),
                joined(feedback.entry().needs(), step.entry().needs()),
                joined(feedback.entry().excludes(), step.entry().excludes()));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).distinct().collect(Collectors.toList());
    }

    /** Returns the clients' error feedback. */
    public FeedbackMethod feedback() {
        return feedback;
    }

    /**
     * Returns whether each coordinate of a round is averaged over the messages that contain it; otherwise it
     * is averaged over all messages of the round.
     */
    public boolean hasScatterMean() {
        return this == EF14_DECAY_SCATTER_MEAN;
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
     * Returns the default step sizes for a step rule, or null if they depend on the loss.
     *
     * @param rule the coordinator's step rule, the preset's own or another
     */
    public @Nullable Schedule defaultGamma(StepRule rule) {
        Schedule usual = rule.defaultGamma(feedback.hasMomentum());
        // Rules whose steps shrink over the run take the exponent from the theory of the devices' momentum.
        return usual instanceof Schedule.Horizon ? MomentumSchedules.gamma(feedback, usual) : usual;
    }

    /** Returns whether the algorithm sends uncompressed messages. */
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
