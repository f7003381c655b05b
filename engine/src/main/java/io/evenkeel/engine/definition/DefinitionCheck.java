package io.evenkeel.engine.definition;

import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.engine.definition.RunDefinition.Crossover;
import io.evenkeel.engine.definition.RunDefinition.LossyDownlink;
import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.TensorShape;
import io.evenkeel.engine.definition.RunDefinition.TimeLimits;
import io.evenkeel.engine.definition.RunDefinition.Weights;
import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks a definition field by field and derives the plan from it. Not thread-safe. */
public final class DefinitionCheck {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final String RESERVED_NAME = "__metadata__";

    /** Keeps an array of x and S, 16 bytes per parameter, below 2 GiB. */
    static final int MAX_DIMENSION = 134_000_000;

    private static final int MAX_TENSORS = 10_000;
    private static final int MAX_ROUNDS = 1_000_000;
    private static final Duration DEFAULT_TIME = Duration.ofSeconds(60);
    private static final Duration MAX_TIME = Duration.ofDays(30);
    private static final Duration MIN_TIME = Duration.ofMillis(100);

    private final RunDefinition asked;
    private final FieldErrors errors;
    private final UpstreamCheck upstream;

    /**
     * Prepares the check of a definition.
     *
     * @param errors earlier errors, which a refusal also names
     */
    public DefinitionCheck(RunDefinition asked, FieldErrors errors) {
        this.asked = asked;
        this.errors = errors;
        this.upstream = new UpstreamCheck(asked, errors);
    }

    public ValidatedPlan plan() {
        String name = asked.name() == null ? "" : asked.name();
        errors.require(
                NAME.matcher(name).matches(),
                "name",
                () -> "is " + quoted(asked.name()) + ", expected 1 to 64 of a-z, 0-9 and '-'");
        int rounds = number("rounds", asked.rounds(), null);
        int horizon = number("horizon", asked.horizon(), Math.max(1, rounds));
        if (asked.localSteps() != null) {
            number("localSteps", asked.localSteps(), null);
        }
        TensorLayout layout = layout();
        Preset preset = errors.parse("algorithm", () -> Preset.parse(required(asked.algorithm())));
        Compressor compressor = compressor(layout, preset);
        int staleness = number("staleness", asked.staleness(), 0);
        StepRule step = preset == null ? null : step(preset);
        PrivacyTerms privacy = new PrivacyCheck(asked, errors).terms(preset, step, compressor, rounds, staleness);
        SecureAggregationTerms secureAggregation = new SecureAggregationCheck(asked, errors)
                .terms(preset, step, compressor, layout == null ? 1 : layout.dimension(), privacy);
        NormClipping robust = new RobustCheck(asked, errors).clipping();
        Algorithm algorithm = preset == null ? null : algorithm(preset, compressor, horizon);
        Compressor downlink = downlink(layout);
        upstream.check();
        Participants participants = participants();
        TimeLimits time = time();
        double sampling = sampling();
        Weights weights = weights();
        if (asked.priority() != null) {
            number("priority", asked.priority(), null);
        }
        DeviceChoice devices = new DeviceCheck(errors).choice(asked.devices());
        new NotesCheck(errors).check(asked);
        Stop stop = Stop.resolve(asked.stop(), errors, privacy == null, longestAbsence());
        if (!errors.isEmpty() || layout == null || algorithm == null || compressor == null) {
            throw errors.toProblem();
        }
        RunDefinition resolved = new RunDefinition(
                name,
                asked.tensors(),
                asked.tensors() == null ? layout.dimension() : null,
                algorithm.preset().text(),
                compressor.spec().toString(),
                rounds,
                asked.localSteps(),
                upstream.follows() ? null : algorithm.gamma().toString(),
                algorithm.eta().toString(),
                upstream.follows() ? ValidatedPlan.UPSTREAM : algorithm.step().text(),
                asked.smoothness(),
                asked.seed() == null ? 0 : asked.seed(),
                participants,
                time,
                sampling,
                staleness,
                stop,
                upstream.initialModel(),
                horizon,
                weights,
                asked.devices(),
                asked.priority(),
                privacy == null ? null : privacy.definition(),
                downlink == null ? null : new LossyDownlink(downlink.spec().toString()),
                secureAggregation == null ? null : secureAggregation.definition(),
                robust == null ? null : robust.text(),
                asked.description(),
                asked.tags() == null || asked.tags().isEmpty() ? null : asked.tags());
        return new ValidatedPlan(
                name,
                resolved,
                layout,
                algorithm,
                compressor,
                downlink,
                horizon,
                Objects.requireNonNull(resolved.seed()),
                staleness,
                devices,
                privacy == null || secureAggregation == null
                        ? privacy
                        : privacy.with(secureAggregation.noise(privacy.mechanism(), layout.dimension())),
                secureAggregation,
                robust);
    }

    private @Nullable TensorLayout layout() {
        List<TensorShape> tensors = asked.tensors();
        Integer dimension = asked.dimension();
        if (tensors == null) {
            errors.require(
                    dimension != null,
                    "tensors",
                    () -> "is missing, expected [{\"name\": …, \"shape\": [ … ]}, …], or else \"dimension\"");
            int d = dimension == null ? 1 : number("dimension", dimension, null);
            return d < 1 || d > MAX_DIMENSION ? null : TensorLayout.flat(d);
        }
        errors.require(
                tensors.size() <= MAX_TENSORS,
                "tensors",
                () -> "has " + tensors.size() + " entries, expected 1 to " + MAX_TENSORS);
        TensorLayout layout = errors.parse(
                "tensors",
                () -> TensorLayout.of(
                        tensors.stream().map(DefinitionCheck::tensor).toList()));
        if (layout == null) {
            return null;
        }
        int d = layout.dimension();
        errors.require(
                d <= MAX_DIMENSION, "tensors", () -> "have " + d + " values in all, expected 1 to " + MAX_DIMENSION);
        errors.require(
                dimension == null || dimension == d,
                "dimension",
                () -> "is " + dimension + ", but the tensors have " + d + " values in all: leave it out");
        return layout;
    }

    private static Tensor tensor(@Nullable TensorShape tensor) {
        if (tensor == null
                || tensor.name() == null
                || tensor.shape() == null
                || tensor.shape().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "a tensor lacks its name or shape: give {\"name\": …, \"shape\": [ … ]}");
        }
        DisplayText.faultIn(tensor.name()).ifPresent(fault -> {
            throw new IllegalArgumentException("the name of a tensor " + fault);
        });
        if (tensor.name().equals(RESERVED_NAME)) {
            throw new IllegalArgumentException(
                    "a tensor is named " + RESERVED_NAME + ", which safetensors files reserve: rename it");
        }
        return new Tensor(
                tensor.name(),
                tensor.shape().stream().map(Objects::requireNonNull).toList());
    }

    private @Nullable Compressor compressor(@Nullable TensorLayout layout, @Nullable Preset preset) {
        if (layout == null || preset == null) {
            readable("compressor", asked.compressor());
            return null;
        }
        String text = asked.compressor() != null
                ? asked.compressor()
                : asked.privacy() != null || asked.secureAggregation() != null
                        ? "identity"
                        : preset.defaultCompressor();
        return errors.parse("compressor", () -> CompressorSpec.parse(text).bind(layout));
    }

    /** Checks a compressor even if the tensors are invalid, so one response names all errors. */
    private void readable(String field, @Nullable String compressor) {
        boolean unused = parse(field, compressor, CompressorSpec::parse);
    }

    private @Nullable Compressor downlink(@Nullable TensorLayout layout) {
        LossyDownlink given = asked.downlink();
        if (given == null) {
            return null;
        }
        if (layout == null) {
            readable("downlink.compressor", given.compressor());
            return null;
        }
        return errors.parse("downlink.compressor", () -> {
            if (given.compressor() == null) {
                throw new IllegalArgumentException("is missing, expected a compressor such as top-k:0.01+natural, or no"
                        + " downlink for one without loss");
            }
            return DeviceModel.compressor(given.compressor(), layout);
        });
    }

    /** Returns the step rule; null if it cannot be parsed, which {@link #algorithm} reports. */
    private @Nullable StepRule step(Preset preset) {
        try {
            return asked.step() == null || upstream.follows() ? preset.step() : StepRule.parse(asked.step());
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    private @Nullable Algorithm algorithm(Preset preset, @Nullable Compressor compressor, int horizon) {
        Algorithm.Builder builder = Algorithm.builder(preset);
        // Tries each field, so that one response names all errors.
        boolean step = parse("step", upstream.step(), text -> builder.step(StepRule.parse(text)));
        boolean gamma = parse("gamma", upstream.gamma(), text -> builder.gamma(Schedule.parse(text)));
        boolean eta = parse("eta", asked.eta(), text -> builder.eta(Schedule.parse(text)));
        boolean readable = step && gamma && eta;
        Double smoothness = asked.smoothness();
        if (smoothness != null) {
            readable &= errors.parse("smoothness", () -> builder.smoothness(smoothness, smoothness)) != null;
        }
        if (!readable || compressor == null) {
            return null;
        }
        String suspect = asked.eta() != null && asked.gamma() != null ? "eta" : "gamma";
        // There is no theoretical step size for plain steps with noise.
        OptionalDouble alpha = asked.privacy() == null ? compressor.alpha() : OptionalDouble.empty();
        return errors.parse(suspect, () -> builder.build(alpha, horizon - 1));
    }

    private boolean parse(String field, @Nullable String text, Function<String, ?> parser) {
        return text == null || errors.parse(field, () -> parser.apply(text)) != null;
    }

    private Participants participants() {
        Participants given = asked.participants() == null ? new Participants(null, null) : asked.participants();
        int min = number("participants.min", given.min(), 1);
        Integer max = given.max();
        errors.require(
                max == null || max >= min,
                "participants.max",
                () -> "is " + max + ", expected at least participants.min, which is " + min + ", or none for no limit");
        return new Participants(min, max);
    }

    private TimeLimits time() {
        TimeLimits given = asked.time() == null ? new TimeLimits(null, null) : asked.time();
        Duration max = given.max() == null ? DEFAULT_TIME : given.max();
        Duration min = given.min() == null ? Duration.ZERO : given.min();
        errors.require(
                max.compareTo(MIN_TIME) >= 0 && max.compareTo(MAX_TIME) <= 0,
                "time.max",
                () -> "is " + DurationText.of(max) + ", expected " + DurationText.of(MIN_TIME) + " to "
                        + DurationText.of(MAX_TIME));
        errors.require(
                !min.isNegative() && min.compareTo(max) <= 0,
                "time.min",
                () -> "is " + (min.isNegative() ? min : DurationText.of(min)) + ", expected 0s to time.max, which is "
                        + DurationText.of(max));
        return new TimeLimits(min, max);
    }

    private @Nullable Weights weights() {
        Weights given = new RobustCheck(asked, errors).weights();
        if (given == null || (given.min() == null && given.max() == null)) {
            return null;
        }
        double min = given.min() == null ? RoundRules.SMALLEST_WEIGHT : given.min();
        double max = given.max() == null ? RoundRules.LARGEST_WEIGHT : given.max();
        errors.require(
                min >= RoundRules.SMALLEST_WEIGHT && min <= RoundRules.LARGEST_WEIGHT,
                "weights.min",
                () -> "is " + min + ", expected " + RoundRules.SMALLEST_WEIGHT + " to " + RoundRules.LARGEST_WEIGHT);
        errors.require(
                max >= min && max <= RoundRules.LARGEST_WEIGHT,
                "weights.max",
                () -> "is " + max + ", expected weights.min, which is " + min + ", to " + RoundRules.LARGEST_WEIGHT);
        return given;
    }

    /** Returns the maximum number of consecutive rounds that a member of a crossover experiment misses. */
    private int longestAbsence() {
        Crossover turns = asked.devices() == null ? null : asked.devices().crossover();
        if (turns == null || turns.arms() == null) {
            return 0;
        }
        int block = turns.block() == null ? 1 : turns.block();
        return (int) Math.max(0, Math.min(MAX_ROUNDS / 2L, (turns.arms() - 1L) * block));
    }

    private double sampling() {
        double share = asked.sampling() == null ? 1 : asked.sampling();
        errors.require(
                share > 0 && share <= 1,
                "sampling",
                () -> "is " + share + ", expected a share of the members above 0 and at most 1");
        return share;
    }

    private int number(String field, @Nullable Integer given, @Nullable Integer orElse) {
        Integer value = given == null ? orElse : given;
        errors.requireInteger(field, value);
        return value == null ? 1 : value;
    }

    private static String required(@Nullable String text) {
        if (text == null) {
            throw new IllegalArgumentException("is missing, expected an algorithm's name such as ef21-norm");
        }
        return text;
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "missing" : "'" + text + "'";
    }
}
