package io.evenkeel.engine.definition;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.Normalization;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.engine.definition.RunDefinition.Privacy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A run's checked differential privacy. Immutable.
 *
 * @param definition with every default filled in
 * @param by the party that adds the noise
 * @param shares the noise that each device adds to its words; null without secure aggregation
 * @param mechanism the bound of messages, and the noise
 * @param delta the probability for which epsilon is stated
 * @param epsilon the epsilon that a device may spend; null for no limit
 * @param maxMessages the number of messages that a device may send, {@link Integer#MAX_VALUE} without a limit
 */
public record PrivacyTerms(
        Privacy definition,
        NoiseAdder by,
        @Nullable CohortNoise shares,
        PrivacyMechanism mechanism,
        double delta,
        @Nullable Double epsilon,
        int maxMessages) {

    /** The relative tolerance of a budget, because sums of costs are rounded. */
    private static final double ROUNDING = 1e-9;

    /**
     * Returns the terms of a resolved definition.
     *
     * @param shares the noise that each device adds to its words; null without secure aggregation
     */
    static PrivacyTerms of(Privacy resolved, @Nullable CohortNoise shares) {
        PrivacyMechanism mechanism = PrivacyMechanism.of(
                Normalization.parse(Objects.requireNonNull(resolved.normalization())),
                Objects.requireNonNull(resolved.bound()),
                Objects.requireNonNull(resolved.noiseMultiplier()));
        RunDefinition.PrivacyBudget budget = Objects.requireNonNull(resolved.budget());
        double delta = Objects.requireNonNull(budget.delta());
        Double epsilon = budget.epsilon();
        int most = Integer.MAX_VALUE;
        if (epsilon != null) {
            most = shares == null ? mechanism.releases(epsilon, delta) : shares.messages(epsilon, delta);
        }
        NoiseAdder by = NoiseAdder.parse(Objects.requireNonNull(resolved.by()));
        return new PrivacyTerms(resolved, by, shares, mechanism, delta, epsilon, most);
    }

    /** Returns the same terms for a run with secure aggregation. */
    PrivacyTerms with(CohortNoise noise) {
        return of(definition, noise);
    }

    /** Returns the grid of the messages of a compressor. */
    public NoiseGrid grid(CompressorSpec spec) {
        return mechanism.grid(spec, by);
    }

    /** Returns the name of the data set that other runs may share; null if this run's budget is separate. */
    public @Nullable String dataset() {
        return definition.dataset();
    }

    /** Returns the privacy cost of one message. */
    public PrivacyCost cost() {
        return shares == null ? mechanism.cost() : shares.cost();
    }

    /** Returns whether a cost is within the budget. */
    public boolean allows(PrivacyCost cost) {
        return epsilon == null || cost.epsilon(delta) <= epsilon * (1 + ROUNDING);
    }

    /** Returns the epsilon that a device has spent after a number of messages. */
    public double spent(long messages) {
        return shares == null ? mechanism.epsilon(messages, delta) : shares.epsilon(messages, delta);
    }
}
