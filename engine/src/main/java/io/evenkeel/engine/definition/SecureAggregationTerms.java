package io.evenkeel.engine.definition;

import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.RebaseSchedule;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.SecureAggregation;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A run's checked secure aggregation. Immutable.
 *
 * @param definition with every default filled in
 * @param minMembers the minimum number of members in a sum, at least 3
 * @param maxMembers the maximum number of members in a cohort
 */
public record SecureAggregationTerms(SecureAggregation definition, int minMembers, int maxMembers) {

    /** The length of an owner's public key in bytes. */
    public static final int OWNER_BYTES = 32;

    static SecureAggregationTerms of(SecureAggregation resolved, Participants participants) {
        return new SecureAggregationTerms(
                resolved, Objects.requireNonNull(participants.min()), Objects.requireNonNull(participants.max()));
    }

    /** Returns the encoding of the words of a vector. */
    public VectorWords words() {
        return new VectorWords(exponent(), maxMembers);
    }

    /**
     * Returns the noise that devices add to their words if the run has privacy too.
     *
     * @param dimension the number of coordinates
     * @throws IllegalArgumentException if the noise does not fit the fixed point, or the fixed point is too coarse
     */
    CohortNoise noise(PrivacyMechanism mechanism, int dimension) {
        return CohortNoise.of(mechanism, exponent(), minMembers, maxMembers, collusion(), dimension);
    }

    /** Returns the rounds in which the sum restarts from zero. */
    public RebaseSchedule rebases() {
        return new RebaseSchedule(rebaseEvery());
    }

    /** Returns the owners whose devices may be in a cohort. */
    public List<byte[]> owners() {
        return ownerTexts().stream().map(Base64.getDecoder()::decode).toList();
    }

    /**
     * Returns the parameters of a cohort of a given size; empty if it is too small for the tolerated dropout and
     * collusion.
     */
    public Optional<CohortParameters> parameters(int members) {
        return members < minMembers ? Optional.empty() : CohortParameters.of(members, dropout(), collusion());
    }

    /** Returns the last round, up to the given one, in which the sum started from zero. */
    public int epochStart(int round) {
        return round - round % rebaseEvery();
    }

    /** Returns the owners' keys, base64. */
    List<String> ownerTexts() {
        return Objects.requireNonNull(definition.owners());
    }

    double dropout() {
        return Objects.requireNonNull(definition.dropout());
    }

    public double collusion() {
        return Objects.requireNonNull(definition.collusion());
    }

    int exponent() {
        return Objects.requireNonNull(definition.exponent());
    }

    int rebaseEvery() {
        return Objects.requireNonNull(definition.rebaseEvery());
    }

    /** Returns the maximum time that a step waits. */
    public Duration phaseTime() {
        return Objects.requireNonNull(definition.phaseTime());
    }
}
