package io.evenkeel.engine.definition;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.Normalization;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.engine.definition.RunDefinition.Privacy;
import io.evenkeel.engine.definition.RunDefinition.PrivacyBudget;
import io.evenkeel.engine.definition.RunDefinition.PrivacyTarget;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the privacy of a definition, and fields that are incompatible with it. Collects the errors. Not
 * thread-safe.
 */
final class PrivacyCheck {

    private static final String UNIT = "device";
    private static final Pattern DATASET = Pattern.compile("[a-z0-9-]{1,64}");

    private final RunDefinition asked;
    private final FieldErrors errors;

    PrivacyCheck(RunDefinition asked, FieldErrors errors) {
        this.asked = asked;
        this.errors = errors;
    }

    /** Returns the privacy with every default; null if there is none or it is invalid. */
    @Nullable
    PrivacyTerms terms(
            @Nullable Preset preset,
            @Nullable StepRule step,
            @Nullable Compressor compressor,
            int rounds,
            int staleness) {
        Privacy privacy = asked.privacy();
        if (privacy == null) {
            return null;
        }
        errors.require(
                privacy.unit() == null || privacy.unit().equals(UNIT),
                "privacy.unit",
                () -> "is '" + privacy.unit() + "', expected device: the whole data of a device is protected");
        errors.require(
                privacy.dataset() == null || DATASET.matcher(privacy.dataset()).matches(),
                "privacy.dataset",
                () -> "is '" + privacy.dataset() + "', expected 1 to 64 of a to z, 0 to 9 and hyphen, the same in all"
                        + " runs on the data, or nothing");
        NoiseAdder by = errors.parse(
                "privacy.by", () -> privacy.by() == null ? NoiseAdder.DEVICE : NoiseAdder.parse(privacy.by()));
        errors.require(
                by != NoiseAdder.COORDINATOR || staleness == 0,
                "staleness",
                () -> "is " + staleness + ", expected 0 with privacy.by: coordinator: a round would add up several"
                        + " messages of a device, but the noise is for one");
        suits(preset, step, compressor);
        double bound = privacy.bound() == null ? 1 : privacy.bound();
        String text = privacy.normalization() == null ? "smoothed" : privacy.normalization();
        Normalization normalization = errors.parse("privacy.normalization", () -> Normalization.parse(text));
        PrivacyTarget target = target(privacy.target(), rounds);
        PrivacyBudget budget = budget(privacy.budget(), target);
        errors.require(
                privacy.noiseMultiplier() != null || target != null,
                "privacy.noiseMultiplier",
                () -> "is missing, expected a number such as 20, or else privacy.target");
        if (!errors.isEmpty() || normalization == null || by == null) {
            return null;
        }
        PrivacyMechanism mechanism = errors.parse(
                privacy.noiseMultiplier() == null ? "privacy.target" : "privacy.noiseMultiplier",
                () -> mechanism(privacy.noiseMultiplier(), normalization, bound, target));
        return mechanism == null ? null : resolved(by, mechanism, target, budget);
    }

    /** A stored definition contains both the target and the multiplier computed from it. */
    private static PrivacyMechanism mechanism(
            @Nullable Double multiplier, Normalization normalization, double bound, @Nullable PrivacyTarget target) {
        if (target == null) {
            return PrivacyMechanism.of(normalization, bound, Objects.requireNonNull(multiplier));
        }
        double epsilon = Objects.requireNonNull(target.epsilon());
        double delta = Objects.requireNonNull(target.delta());
        int rounds = Objects.requireNonNull(target.rounds());
        if (multiplier == null) {
            return PrivacyMechanism.calibrated(normalization, bound, epsilon, delta, rounds);
        }
        PrivacyMechanism given = PrivacyMechanism.of(normalization, bound, multiplier);
        double spent = given.epsilon(rounds, delta);
        if (spent > epsilon) {
            throw new IllegalArgumentException("is " + multiplier + ", which spends epsilon " + spent + " in " + rounds
                    + " rounds, but privacy.target is " + epsilon + ": give one of the two");
        }
        return given;
    }

    private @Nullable PrivacyTerms resolved(
            NoiseAdder by, PrivacyMechanism mechanism, @Nullable PrivacyTarget target, PrivacyBudget budget) {
        PrivacyTerms terms = PrivacyTerms.of(
                new Privacy(
                        UNIT,
                        by.text(),
                        mechanism.normalization().toString(),
                        mechanism.bound(),
                        mechanism.noiseMultiplier(),
                        target,
                        budget,
                        asked.privacy() == null ? null : asked.privacy().dataset()),
                null);
        errors.require(
                terms.maxMessages() > 0,
                "privacy.budget.epsilon",
                () -> "is " + budget.epsilon() + ", but one message costs " + terms.spent(1)
                        + ": raise it, or the noise multiplier");
        return terms;
    }

    private @Nullable PrivacyTarget target(@Nullable PrivacyTarget target, int rounds) {
        if (target == null) {
            return null;
        }
        positive("privacy.target.epsilon", target.epsilon());
        probability("privacy.target.delta", target.delta());
        int answered = target.rounds() == null ? Math.max(1, rounds) : target.rounds();
        errors.require(
                answered >= 1,
                "privacy.target.rounds",
                () -> "is " + answered + ", expected at least 1: the number of rounds that a device answers");
        return new PrivacyTarget(target.epsilon(), target.delta(), answered);
    }

    private PrivacyBudget budget(@Nullable PrivacyBudget budget, @Nullable PrivacyTarget target) {
        if (budget == null && target != null) {
            return new PrivacyBudget(target.epsilon(), target.delta());
        }
        Double epsilon = budget == null ? null : budget.epsilon();
        if (epsilon != null) {
            positive("privacy.budget.epsilon", epsilon);
        }
        Double delta = budget == null ? null : budget.delta();
        probability("privacy.budget.delta", delta);
        return new PrivacyBudget(epsilon, delta);
    }

    private void positive(String field, @Nullable Double value) {
        errors.require(
                value != null && value > 0 && Double.isFinite(value),
                field,
                () -> "is " + (value == null ? "missing" : value) + ", expected a finite number above 0");
    }

    private void probability(String field, @Nullable Double value) {
        errors.require(
                value != null && value > 0 && value < 1,
                field,
                () -> "is " + (value == null ? "missing" : value)
                        + ", expected a probability above 0 and below 1, far below one over the number of devices");
    }

    private void suits(@Nullable Preset preset, @Nullable StepRule step, @Nullable Compressor compressor) {
        if (preset != null) {
            errors.parse("algorithm", () -> {
                PrivacyMechanism.requireSuited(preset.feedback());
                return preset;
            });
        }
        if (step != null) {
            errors.require(
                    step.entry().suits(Feature.PRIVACY),
                    "step",
                    () -> "is '" + step.text()
                            + "', which needs losses or slopes of the devices, but with privacy they report none");
        }
        if (compressor != null) {
            errors.parse("compressor", () -> {
                PrivacyMechanism.requireSuited(compressor.spec());
                return compressor;
            });
        }
        errors.require(
                asked.weights() == null,
                "weights",
                () -> "are given, but with privacy each device has the weight 1: leave them out");
        Stop stop = asked.stop();
        errors.require(
                stop == null || stop.conditions().stream().allMatch(one -> one.figures() == StopCondition.Figures.NONE),
                "stop",
                () -> "has targets, patience or divergence, but with privacy devices report no loss and no metrics:"
                        + " leave them out");
    }
}
