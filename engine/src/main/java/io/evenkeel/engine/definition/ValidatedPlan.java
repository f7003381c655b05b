package io.evenkeel.engine.definition;

import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.heap.RunHeap;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.engine.problem.ProblemException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A checked definition and the plan derived from it for the whole life of a run. The part that an operator may change
 * is in {@link RoundRules}. Immutable and safe to share between threads.
 *
 * @param name the run's name
 * @param definition the definition as created, with every default filled in, so that different defaults in
 *     later versions do not change the run
 * @param layout the model's tensors
 * @param algorithm the algorithm with its schedules
 * @param compressor the devices' compressor
 * @param downlink the lossy downlink's compressor; null if the downlink is lossless
 * @param horizon K + 1, for schedules that depend on the number of rounds
 * @param seed the seed of all draws
 * @param staleness tau
 * @param devices the devices that may join and are asked
 * @param privacy the devices' differential privacy; null for none
 * @param secureAggregation the secure aggregation of a round's messages; null if they are not masked
 * @param robust the bound of a device's contribution to S; null if S is the plain sum
 */
public record ValidatedPlan(
        String name,
        RunDefinition definition,
        TensorLayout layout,
        Algorithm algorithm,
        Compressor compressor,
        @Nullable Compressor downlink,
        int horizon,
        long seed,
        int staleness,
        DeviceChoice devices,
        @Nullable PrivacyTerms privacy,
        @Nullable SecureAggregationTerms secureAggregation,
        @Nullable NormClipping robust) {

    /** The step rule of a run that takes its models from an upstream run, in which this coordinator is a member. */
    public static final String UPSTREAM = "upstream";

    private static final long MIN_AT_ONCE = 512 << 10;

    /** The length of a number of each kind as JSON text, with separators. */
    private static final long JSON_BYTES_PER_VALUE = 48;

    /**
     * Checks a definition.
     *
     * @throws ProblemException {@code invalid}; it names every wrong field, its range and the correction
     */
    public static ValidatedPlan of(RunDefinition definition) {
        return new DefinitionCheck(definition, new FieldErrors()).plan();
    }

    /** Returns d. */
    public int dimension() {
        return layout.dimension();
    }

    /** Returns whether the weighted sum S is kept across rounds. */
    public boolean retainsSum() {
        return algorithm.feedback().retainsSum();
    }

    /**
     * Returns the coordinates of all messages in a round. The compressor must be identity or rand-k, as privacy and
     * secure aggregation require. Repeats the draw of rand-k.
     */
    public Support support(int round) {
        return compressor.spec().selection() instanceof Selection.Identity
                ? new Support.All(dimension())
                : new Support.Seeded(dimension(), compressor.maxCount(), SplitMix64.derive(seed, round));
    }

    /**
     * Returns the part of the plan on which all members of a cohort must agree, as {@link PlanView} contains it.
     *
     * @throws NullPointerException if the run has no secure aggregation
     */
    public CohortPlan cohortPlan() {
        SecureAggregationTerms terms = Objects.requireNonNull(secureAggregation);
        PlanView.AlgorithmView halves = PlanView.AlgorithmView.of(algorithm);
        return new CohortPlan(
                layout.tensors(),
                halves.name(),
                halves.feedback(),
                halves.eta(),
                horizon,
                compressor.spec().toString(),
                definition.downlink() == null ? null : definition.downlink().compressor(),
                seed,
                terms.owners(),
                new CohortRules(terms.minMembers(), terms.maxMembers(), terms.dropout(), terms.collusion()),
                terms.rebaseEvery(),
                terms.exponent(),
                privacy == null
                        ? null
                        : new CohortPlan.Privacy(privacy.mechanism().toString(), privacy.delta(), privacy.epsilon()));
    }

    /**
     * Returns the number of messages that a device may send within its privacy budget,
     * {@link Integer#MAX_VALUE} without one.
     */
    public int maxMessages() {
        return privacy == null ? Integer.MAX_VALUE : privacy.maxMessages();
    }

    /** Returns whether the coordinator adds noise to a round's sum. */
    public boolean addsNoise() {
        return privacy != null && privacy.by() == NoiseAdder.COORDINATOR;
    }

    /**
     * Returns whether the g_i of a member that leaves stays in S. Subtracting it could change the next model by the
     * bounds of all its messages, while the noise covers only one.
     */
    public boolean keepsLeavers() {
        return addsNoise() && retainsSum();
    }

    /** Returns whether the models come from an upstream run, so that this coordinator takes no step. */
    public boolean followsUpstream() {
        return UPSTREAM.equals(definition.step());
    }

    /** Returns whether devices can update the model from round to round without downloading it completely. */
    public boolean hasUpdates() {
        return downlink != null || (algorithm.step().isRepeatable() && !followsUpstream());
    }

    /** Returns the step size gamma_k. */
    public double gamma(int round) {
        return algorithm.gamma().at(round, horizon - 1);
    }

    /** Returns the maximum bytes of a binary message. */
    public int maxMessageBytes() {
        return clip(RunHeap.maxMessageBytes(compressor));
    }

    /** Returns the maximum bytes of the same content as JSON. */
    public int maxJsonBytes() {
        return clip(RunHeap.REST_OF_MESSAGE + JSON_BYTES_PER_VALUE * compressor.maxCount());
    }

    /**
     * Returns the maximum number of stored messages in memory at the same time, from 1 to {@code most}: those
     * that fit into d bytes, or into 512 KiB if d is smaller.
     */
    public int messagesAtOnce(int most) {
        long bytes = Math.max(MIN_AT_ONCE, dimension());
        return (int) Math.max(1, Math.min(most, bytes / maxMessageBytes()));
    }

    /** Returns the bytes of d values as float32, the size of an uncompressed message or model. */
    public long denseBytes() {
        return 4L * dimension();
    }

    /** Returns whether an operator has to upload x^0. */
    public boolean needsUpload() {
        return definition.initialModel() == RunDefinition.InitialModel.UPLOADED;
    }

    private static int clip(long bytes) {
        return (int) Math.min(bytes, Integer.MAX_VALUE - 16);
    }
}
