package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.engine.definition.DefinitionField.Fixed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An operator's definition of a run. It is not checked when it is read; {@link ValidatedPlan#of} checks it.
 *
 * @param name the run's name, 1 to 64 of a-z, 0-9 and -
 * @param tensors the model's tensors in order; or else
 * @param dimension d, for a model that is one flat tensor
 * @param algorithm a preset's name, such as {@code ef21-norm}
 * @param compressor such as {@code top-k:0.01}; by default the preset's
 * @param rounds R; a change ends the run no earlier than after the open round
 * @param localSteps the number of optimizer steps that a device takes before it sends the difference of the models.
 *     Only devices use it; by default they decide
 * @param gamma the step size's schedule, such as {@code horizon:1:0.5}; by default the theory's
 * @param eta the momentum's schedule; by default the theory's
 * @param step the coordinator's step rule; by default the preset's. {@code upstream} takes the models of the run above
 *     instead, in which a relay is a member
 * @param smoothness L, from which plain steps' default size follows
 * @param seed the seed of sampling and of the devices' random compressors, default 0
 * @param participants how many messages a round needs and accepts
 * @param time how long a round stays open
 * @param sampling the share of the members asked in a round, in (0, 1], default 1
 * @param staleness tau: a message for one of the last tau rounds is added to the open one, default 0
 * @param stop when the run stops before its last round; by default only if it diverges
 * @param initialModel where x^0 comes from
 * @param horizon K + 1 of schedules {@code (K+1)^-p}, default {@code rounds}; it stays when {@code rounds} changes
 * @param weights the range of the members' weights, with {@code robust} at most 1 by default. A change applies to a
 *     weight when the open round closes; wider bounds restore a weight only when its device joins again
 * @param devices which devices may join and are asked; by default all
 * @param priority devices that check in get the run with the largest priority first, default 0
 * @param privacy differential privacy of the devices' messages; by default none
 * @param downlink how the devices' model follows the coordinator's; by default without loss
 * @param secureAggregation masks the devices' messages so that only their sum can be read; by default none
 * @param robust bounds one device's contribution to the step's direction, {@code clip:FACTOR}; default no bound
 * @param description the run's purpose and results, at most 1,000 characters; can also change when the run is over
 * @param tags short texts for finding the run, at most 20; can also change when the run is over
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunDefinition(
        @Fixed("devices and messages refer to the run by it") @Nullable
        String name,

        @Fixed("the model, the sum and all messages have this shape") @Nullable
        List<TensorShape> tensors,

        @Fixed("the model, the sum and all messages have this shape")
        @Min(1)
        @Max(DefinitionCheck.MAX_DIMENSION)
        @Nullable
        Integer dimension,

        @Fixed("the devices' vectors g_i and the coordinator's sum follow from it") @Nullable
        String algorithm,

        @Fixed("devices compress according to the plan that they got when they joined") @Nullable
        String compressor,

        @Min(1) @Max(1_000_000) @Nullable Integer rounds,

        @Fixed("devices got it when they joined") @Min(1) @Max(1_000_000) @Nullable
        Integer localSteps,

        @Fixed("the steps taken so far and those to come are one schedule") @Nullable
        String gamma,

        @Fixed("the devices' momentum follows from it, and they got it when they joined") @Nullable
        String eta,

        @Fixed("the steps taken so far and those to come follow one rule, which has a memory") @Nullable
        String step,

        @Fixed("the step size was derived from it when the run was created") @Nullable
        Double smoothness,

        @Fixed("the draws of members and of coordinates follow from it") @Nullable
        Long seed,

        @Nullable Participants participants,
        @Nullable TimeLimits time,
        @Nullable Double sampling,

        @Fixed("devices got it when they joined") @Min(0) @Max(1_000) @Nullable
        Integer staleness,

        @Nullable Stop stop,
        @Fixed("the run has begun with it") @Nullable InitialModel initialModel,

        @Fixed("the step size was derived from it when the run was created") @Min(1) @Max(1_000_000) @Nullable
        Integer horizon,

        @Nullable Weights weights,

        @Fixed("the stored draws of rounds follow from it; create a run from the newest model instead") @Nullable
        Devices devices,

        @Min(-1_000) @Max(1_000) @Nullable Integer priority,

        @Fixed("devices add noise and count their spending according to the plan that they got when they joined")
        @Nullable
        Privacy privacy,

        @Fixed("the devices' model w follows from it, and they got it when they joined") @Nullable
        LossyDownlink downlink,

        @Fixed("devices check cohorts against the plan that they got when they joined") @Nullable
        SecureAggregation secureAggregation,

        @Fixed("the steps taken so far and those to come follow one sum; create a run from the newest model instead")
        @Nullable
        String robust,

        @Nullable String description,
        @Nullable List<String> tags) {

    /**
     * A requested tensor, before it is checked.
     *
     * @param name unique among the tensors
     * @param shape the axes' lengths
     */
    public record TensorShape(
            @Nullable String name, @Nullable List<@Nullable Integer> shape) {}

    /**
     * The numbers of messages that a round needs and accepts.
     *
     * @param min the number of messages that a round needs to close, default 1
     * @param max the maximum number that it accepts, at least {@code min}; by default no limit
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Participants(
            @Min(1) @Max(1_000_000) @Nullable Integer min,
            @Nullable Integer max) {}

    /**
     * The duration of a round.
     *
     * @param min the minimum time that a round stays open, even if all members have answered, 0 s to {@code max},
     *     default 0 s
     * @param max the time after which it closes with the members that have answered, 100 ms to 30 days, default 60 s
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TimeLimits(
            @Nullable Duration min, @Nullable Duration max) {}

    /**
     * The range of the members' weights. A device that asks for a weight outside this range gets the nearest
     * bound.
     *
     * @param min 1e-12 to 1e12, default 1e-12
     * @param max from {@code min} to 1e12, or 1 with {@code robust}; by default a device that asks for more
     *     than 1e7 is refused
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Weights(@Nullable Double min, @Nullable Double max) {}

    /**
     * The choice of devices by their attributes and labels. Selectors have the syntax of Kubernetes' label selectors.
     *
     * @param join chooses the devices that may join, such as {@code region in (eu,us),app-version>=3.2}; by default all
     * @param part the random part of the devices chosen by {@code join} that may join; by default all
     * @param sample chooses the members that a round asks, by their attributes when it opens; by default all
     * @param stratifyBy the attribute by which a round's sample is divided in proportion to the members; by default
     *     none
     * @param crossover the turns that the members take in the arms of an experiment; by default rounds may ask all
     *     members
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Devices(
            @Nullable String join,
            @Nullable Part part,
            @Nullable String sample,
            @Nullable String stratifyBy,
            @Nullable Crossover crossover) {}

    /**
     * A random part of all devices. A seed maps each device to a fixed fraction in [0, 1). The part contains
     * the devices whose fractions are at least {@code from} and below {@code to}. Parts of the same seed that
     * do not overlap have no device in common.
     *
     * @param seed any text of 1 to 100 characters
     * @param from 0 or more, default 0
     * @param to above {@code from} and at most 1, default 1
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Part(
            @Nullable String seed,
            @Nullable Double from,
            @Nullable Double to) {}

    /**
     * A crossover design: the members take part in the arms of an experiment in turn. A hash of seed and device divides
     * them into as many sequences as there are arms; the rounds of block b ask those of the sequence (arm - b) mod
     * arms.
     *
     * @param seed any text of 1 to 100 characters, the same in all arms
     * @param arm the index of this arm, from 0
     * @param arms the number of arms, 2 to 10
     * @param block the number of rounds that a member stays in an arm, 1 to 1,000,000, default 1
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Crossover(
            @Nullable String seed,
            @Nullable Integer arm,
            @Nullable Integer arms,
            @Nullable Integer block) {}

    /**
     * Differential privacy. Each device scales its message to a bounded norm. It adds noise before it sends it, or the
     * coordinator adds noise to the sum of a round.
     *
     * @param unit the protected unit: {@code device}, the whole data of one device, replaced by other data
     * @param by who adds the noise: {@code device}, or {@code coordinator}, which the devices must then trust; default
     *     {@code device}. With secure aggregation each device adds a share of the noise of a sum
     * @param normalization {@code smoothed:<a>} or {@code clip}, default {@code smoothed:1}
     * @param bound the largest norm of a message before noise, default 1
     * @param noiseMultiplier the noise's standard deviation in each coordinate, divided by the bound; or else
     * @param target the target from which the multiplier is computed
     * @param budget the budget of a device; by default the target
     * @param dataset the name of the data that the devices train on, 1 to 64 of a-z, 0-9 and -: a device's spending in
     *     other runs with the same name counts against the budget too. By default each run counts separately
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Privacy(
            @Nullable String unit,
            @Nullable String by,
            @Nullable String normalization,
            @Nullable Double bound,
            @Nullable Double noiseMultiplier,
            @Nullable PrivacyTarget target,
            @Nullable PrivacyBudget budget,
            @Nullable String dataset) {}

    /**
     * The epsilon that a device may have spent after some messages.
     *
     * @param epsilon above 0
     * @param delta in (0, 1)
     * @param rounds the number of rounds that a device answers, default {@code rounds} of the run
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PrivacyTarget(
            @Nullable Double epsilon,
            @Nullable Double delta,
            @Nullable Integer rounds) {}

    /**
     * The privacy budget of a device in the run.
     *
     * @param epsilon the run pauses when another message of a device would exceed it; default no limit
     * @param delta the probability for which epsilon is stated, in (0, 1)
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PrivacyBudget(
            @Nullable Double epsilon, @Nullable Double delta) {}

    /**
     * A downlink with loss (EF21-P): the coordinator broadcasts its model's compressed difference from the
     * devices' model.
     *
     * @param compressor a compressor with a contraction factor, such as {@code top-k:0.01+natural}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LossyDownlink(@Nullable String compressor) {}

    /**
     * Secure aggregation: the coordinator gets the sum of a round's messages, but no single message.
     *
     * @param owners whose devices may be in a cohort: Ed25519 public keys of 32 bytes, base64, 1 to 8
     * @param dropout the share of a cohort that may drop out in the later steps, 0 to 0.5, default 0.1
     * @param collusion the share of a cohort that may collude with the coordinator, 0 to 0.5, default 0.05
     * @param phaseTime the maximum time that a step waits, 1s to 1h, default 30s
     * @param rebaseEvery the number of rounds after which the sum and all g_i start from zero, default 100
     * @param exponent the unit of the fixed point is 2^exponent; by default the smallest with which a message can hold
     *     +-1, or with privacy a sum its messages and their noise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SecureAggregation(
            @Nullable List<String> owners,
            @Nullable Double dropout,
            @Nullable Double collusion,
            @Nullable Duration phaseTime,
            @Min(1) @Max(1_000_000) @Nullable Integer rebaseEvery,

            @Min(SecureAggregationCheck.LOWEST_EXPONENT) @Max(0) @Nullable
            Integer exponent) {}

    /** The source of x^0. */
    public enum InitialModel {
        /** Every coordinate is 0. */
        ZEROS,
        /** The operator uploads it before the start. */
        UPLOADED;

        /** Returns the name in definitions. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
