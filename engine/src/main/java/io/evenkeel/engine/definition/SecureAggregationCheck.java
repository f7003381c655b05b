package io.evenkeel.engine.definition;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.SecureAggregation;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks the secure aggregation of a definition, and fields that are incompatible with it. Collects the
 * errors. Not thread-safe.
 */
final class SecureAggregationCheck {

    private static final int MIN_MEMBERS = 3;
    private static final int MAX_OWNERS = 8;
    private static final double MAX_SHARE = 0.5;
    private static final double DEFAULT_DROPOUT = 0.1;
    private static final double DEFAULT_COLLUSION = 0.05;
    static final int LOWEST_EXPONENT = -40;
    private static final int DEFAULT_REBASE = 100;
    private static final Duration DEFAULT_TIME = Duration.ofSeconds(30);
    private static final Duration MIN_TIME = Duration.ofSeconds(1);
    private static final Duration MAX_TIME = Duration.ofHours(1);

    private final RunDefinition asked;
    private final FieldErrors errors;

    SecureAggregationCheck(RunDefinition asked, FieldErrors errors) {
        this.asked = asked;
        this.errors = errors;
    }

    /**
     * Returns the secure aggregation with every default; null if there is none or it is invalid.
     *
     * @param dimension the number of coordinates
     * @param privacy the terms of the run's privacy; null if it has none
     */
    @Nullable
    SecureAggregationTerms terms(
            @Nullable Preset preset,
            @Nullable StepRule step,
            @Nullable Compressor compressor,
            int dimension,
            @Nullable PrivacyTerms privacy) {
        SecureAggregation given = asked.secureAggregation();
        if (given == null) {
            return null;
        }
        suits(preset, step, compressor);
        owners(given.owners());
        double dropout = share("dropout", given.dropout(), DEFAULT_DROPOUT);
        double collusion = share("collusion", given.collusion(), DEFAULT_COLLUSION);
        Duration time = given.phaseTime() == null ? DEFAULT_TIME : given.phaseTime();
        errors.require(
                time.compareTo(MIN_TIME) >= 0 && time.compareTo(MAX_TIME) <= 0,
                "secureAggregation.phaseTime",
                () -> "is " + time + ", expected " + MIN_TIME + " to " + MAX_TIME);
        int rebase = given.rebaseEvery() == null ? DEFAULT_REBASE : given.rebaseEvery();
        errors.requireInteger("secureAggregation.rebaseEvery", rebase);
        Participants participants = participants(dropout, collusion);
        if (participants == null) {
            return null;
        }
        int exponent = given.exponent() != null
                ? given.exponent()
                : privacy == null
                        ? defaultExponent(participants)
                        : finestExponent(privacy, participants, collusion, dimension);
        errors.requireInteger("secureAggregation.exponent", exponent);
        if (!errors.isEmpty()) {
            return null;
        }
        SecureAggregationTerms terms = SecureAggregationTerms.of(
                new SecureAggregation(given.owners(), dropout, collusion, time, rebase, exponent), participants);
        if (privacy != null) {
            errors.parse("secureAggregation.exponent", () -> terms.noise(privacy.mechanism(), dimension));
        }
        return errors.isEmpty() ? terms : null;
    }

    /** With privacy, messages are bounded, so the unit is the finest that fits them and their noise. */
    private int finestExponent(PrivacyTerms privacy, Participants participants, double collusion, int dimension) {
        Integer exponent = errors.parse(
                "secureAggregation.collusion",
                () -> CohortNoise.finestExponent(
                        privacy.mechanism(),
                        Objects.requireNonNull(participants.min()),
                        Objects.requireNonNull(participants.max()),
                        collusion,
                        dimension));
        return exponent == null ? 0 : exponent;
    }

    /** The smallest unit for which a cohort of maximum size can add values of up to 1. */
    private static int defaultExponent(Participants participants) {
        int most = Integer.MAX_VALUE / (participants.max() == null ? CohortParameters.MAX_MEMBERS : participants.max());
        return Math.max(LOWEST_EXPONENT, Integer.numberOfLeadingZeros(most) - (Integer.SIZE - 1));
    }

    private void owners(@Nullable List<String> owners) {
        if (owners == null || owners.isEmpty() || owners.size() > MAX_OWNERS) {
            errors.require(
                    false,
                    "secureAggregation.owners",
                    () -> (owners == null ? "is missing" : "has " + owners.size() + " entries") + ", expected 1 to "
                            + MAX_OWNERS + " public keys: evenkeel identity owner --out owner.key creates one");
            return;
        }
        for (int i = 0; i < owners.size(); i++) {
            String owner = owners.get(i);
            String field = "secureAggregation.owners[" + i + "]";
            errors.parse(field, () -> {
                requireKey(owner);
                return owner;
            });
        }
        errors.require(
                new HashSet<>(owners).size() == owners.size(),
                "secureAggregation.owners",
                () -> "lists a key twice: leave one out");
    }

    private static void requireKey(@Nullable String text) {
        try {
            byte[] key = Base64.getDecoder().decode(text == null ? "" : text);
            if (key.length == SecureAggregationTerms.OWNER_BYTES
                    && Base64.getEncoder().encodeToString(key).equals(text)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(notKey(text), e);
        }
        throw new IllegalArgumentException(notKey(text));
    }

    private static String notKey(@Nullable String text) {
        return "is " + (text == null ? "missing" : "'" + text + "'")
                + ", expected the base64 of an Ed25519 public key of " + SecureAggregationTerms.OWNER_BYTES + " bytes";
    }

    private double share(String name, @Nullable Double given, double orElse) {
        double value = given == null ? orElse : given;
        errors.require(
                value >= 0 && value <= MAX_SHARE,
                "secureAggregation." + name,
                () -> "is " + value + ", expected a share of the cohort, 0 to " + MAX_SHARE);
        return value;
    }

    private @Nullable Participants participants(double dropout, double collusion) {
        Participants given = asked.participants();
        Integer min = given == null ? null : given.min();
        Integer max = given == null ? null : given.max();
        errors.require(
                min != null && min >= MIN_MEMBERS,
                "participants.min",
                () -> "is " + (min == null ? "missing" : min) + ", expected at least " + MIN_MEMBERS
                        + ": with secure aggregation the sum of fewer messages would reveal too much about each");
        errors.require(
                max != null && max <= CohortParameters.MAX_MEMBERS,
                "participants.max",
                () -> "is " + (max == null ? "missing" : max) + ", expected at most " + CohortParameters.MAX_MEMBERS
                        + ": with secure aggregation it bounds the sum");
        if (min == null || max == null || !errors.isEmpty()) {
            return null;
        }
        errors.require(
                CohortParameters.of(min, dropout, collusion).isPresent(),
                "secureAggregation.collusion",
                () -> "is " + collusion + " and dropout is " + dropout + ": no cohort of participants.min, which is "
                        + min + ", would keep its secrets; lower them, or raise participants.min");
        return errors.isEmpty() ? new Participants(min, max) : null;
    }

    private void suits(@Nullable Preset preset, @Nullable StepRule step, @Nullable Compressor compressor) {
        if (preset != null) {
            FeedbackMethod feedback = preset.feedback();
            errors.require(
                    !preset.hasScatterMean(),
                    "algorithm",
                    () -> "is '" + preset.text()
                            + "', whose mean needs the number of senders of each coordinate: a cohort would have to add"
                            + " up masked counts beside the values; with secure aggregation use an algorithm with EF21,"
                            + " or one without error feedback");
            errors.require(
                    preset.hasScatterMean() || feedback.entry().suits(Feature.SECURE_AGGREGATION),
                    "algorithm",
                    () -> "is '" + preset.text() + "', whose error feedback is " + feedback.text()
                            + ": with secure aggregation use an algorithm with EF21, or one without error feedback");
        }
        if (step != null) {
            errors.require(
                    step.entry().suits(Feature.SECURE_AGGREGATION),
                    "step",
                    () -> "is '" + step.text()
                            + "', which needs each device's loss or slope, but with secure aggregation only"
                            + " the mean loss is known");
        }
        if (compressor != null) {
            errors.require(
                    compressor.spec().suits(Feature.SECURE_AGGREGATION),
                    "compressor",
                    () -> "is '" + compressor.spec()
                            + "', expected identity or rand-k with values of float32 or float64:"
                            + " with secure aggregation all devices of a round send the same coordinates");
        }
        errors.require(
                asked.privacy() == null
                        || !NoiseAdder.COORDINATOR.text().equals(asked.privacy().by()),
                "privacy.by",
                () -> "is coordinator, expected device: the coordinator only knows the sum, and would know it"
                        + " without noise; with secure aggregation the devices' shares of noise are as small in all");
        absent("weights", asked.weights(), "each device has the weight 1");
        errors.require(
                asked.staleness() == null || asked.staleness() == 0,
                "staleness",
                () -> "is " + asked.staleness() + ", expected 0: a cohort's messages are for one round");
        errors.require(
                asked.localSteps() == null,
                "localSteps",
                () -> "is " + asked.localSteps()
                        + ", but one device with far more steps than the others would be seen in their sum:"
                        + " leave it out, and set the number on the devices");
        stop(asked.stop());
    }

    private void absent(String field, @Nullable Object value, String why) {
        errors.require(
                value == null,
                field,
                () -> (field.endsWith("s") ? "are" : "is") + " given, but with secure aggregation " + why
                        + ": leave it out");
    }

    private void stop(@Nullable Stop stop) {
        if (stop == null) {
            return;
        }
        stop.conditions()
                .forEach(condition -> errors.require(
                        condition.figures() != StopCondition.Figures.METRICS,
                        condition.field(),
                        () -> "needs a metric, but with secure aggregation devices report only the loss: use the loss,"
                                + " such as 'loss <= 0.1' as a target"));
    }
}
