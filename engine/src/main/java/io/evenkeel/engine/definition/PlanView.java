package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.vector.Tensor;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a run for devices.
 *
 * @param run the run's name
 * @param dimension d
 * @param tensors the model's tensors in order
 * @param rounds R, which an operator may change
 * @param horizon K + 1, for schedules that depend on the number of rounds; it never changes
 * @param algorithm the device's half and the coordinator's half of the algorithm
 * @param compressor the compressor's text form
 * @param downlink the lossy downlink, if there is one
 * @param localSteps the number of optimizer steps of a device in a round; absent if the device decides
 * @param seed the seed from which random compressors derive their draws
 * @param staleness the number of rounds by which a message may be late
 * @param maxMessageBytes the maximum bytes of a binary message
 * @param privacy the noise that a device adds; none if the run has no privacy
 * @param secureAggregation the parameters with which a device masks its message; none if the run has no
 *     secure aggregation
 */
@Schema(name = "Plan")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlanView(
        String run,
        int dimension,
        List<Tensor> tensors,
        int rounds,
        int horizon,
        AlgorithmView algorithm,
        String compressor,
        RunDefinition.@Nullable LossyDownlink downlink,
        @Nullable Integer localSteps,
        long seed,
        int staleness,
        int maxMessageBytes,
        @Nullable PrivacyView privacy,
        @Nullable SecureAggregationView secureAggregation) {

    /**
     * Both halves of the algorithm.
     *
     * @param name the preset's name
     * @param feedback the device's error feedback
     * @param step the coordinator's step rule
     * @param gamma the step size's schedule
     * @param eta the momentum's schedule
     */
    @Schema(name = "Algorithm")
    public record AlgorithmView(String name, String feedback, String step, String gamma, String eta) {

        static AlgorithmView of(Algorithm algorithm) {
            return new AlgorithmView(
                    algorithm.preset().text(),
                    algorithm.feedback().text(),
                    algorithm.step().text(),
                    algorithm.gamma().toString(),
                    algorithm.eta().toString());
        }
    }

    /**
     * A device's differential privacy.
     *
     * @param by the party that adds the noise, {@code device} or {@code coordinator}
     * @param mechanism the text form, {@code <normalization>:<bound>:<noise multiplier>}
     * @param delta the probability for which epsilon is stated
     * @param epsilon the epsilon that a device may spend; absent if there is no limit
     * @param maxMessages the number of messages that it may send within it; absent if there is no limit
     */
    @Schema(name = "PlanPrivacy")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PrivacyView(
            String by,
            String mechanism,
            double delta,
            @Nullable Double epsilon,
            @Nullable Integer maxMessages) {

        static PrivacyView of(PrivacyTerms terms) {
            return new PrivacyView(
                    terms.by().text(),
                    terms.mechanism().toString(),
                    terms.delta(),
                    terms.epsilon(),
                    terms.epsilon() == null ? null : (Integer) terms.maxMessages());
        }
    }

    /**
     * The parameters by which a device checks a cohort.
     *
     * @param owners the owners whose devices may be in a cohort: Ed25519 public keys, base64
     * @param dropout the share of a cohort that may drop out
     * @param collusion the share of a cohort that may collude with the coordinator
     * @param rebaseEvery the number of rounds after which g_i starts from zero
     * @param exponent the unit of the fixed point is 2^exponent
     * @param maxMembers the maximum number of members in a cohort
     * @param minMembers the minimum number of members in a sum
     */
    @Schema(name = "PlanSecureAggregation")
    public record SecureAggregationView(
            List<String> owners,
            double dropout,
            double collusion,
            int rebaseEvery,
            int exponent,
            int maxMembers,
            int minMembers) {

        static SecureAggregationView of(SecureAggregationTerms terms) {
            return new SecureAggregationView(
                    terms.ownerTexts(),
                    terms.dropout(),
                    terms.collusion(),
                    terms.rebaseEvery(),
                    terms.exponent(),
                    terms.maxMembers(),
                    terms.minMembers());
        }
    }

    /** Shows a plan with the rules of the next round. */
    public static PlanView of(ValidatedPlan plan, RoundRules rules) {
        return new PlanView(
                plan.name(),
                plan.dimension(),
                plan.layout().tensors(),
                rules.rounds(),
                plan.horizon(),
                AlgorithmView.of(plan.algorithm()),
                plan.compressor().spec().toString(),
                plan.definition().downlink(),
                plan.definition().localSteps(),
                plan.seed(),
                plan.staleness(),
                plan.maxMessageBytes(),
                plan.privacy() == null ? null : PrivacyView.of(plan.privacy()),
                plan.secureAggregation() == null ? null : SecureAggregationView.of(plan.secureAggregation()));
    }
}
