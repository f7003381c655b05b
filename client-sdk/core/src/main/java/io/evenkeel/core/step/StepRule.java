package io.evenkeel.core.step;

import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Computes the coordinator's step along the fleet's direction g = S/W, where S is the weighted sum of the clients' vectors and W
 * the sum of their weights. Immutable and stateless: the caller keeps the accumulated state between rounds.
 */
public sealed interface StepRule permits PlainStep, NormalizedStep, LayerwiseNormalizedStep, AccumulatedNormStep {

    /** Returns the name in configuration. */
    String text();

    /**
     * Returns the default step size, or null if it depends on the loss.
     *
     * @param momentum whether the clients use momentum
     */
    @Nullable
    Schedule defaultGamma(boolean momentum);

    /**
     * Computes the length of the round's step.
     *
     * @param sum S, d values
     * @param weight W, above 0
     * @param gamma the round's step size
     * @param layout the tensors of the d values
     * @param accumulated {@link StepScale#accumulated()} of the previous round, 0 in the first
     */
    StepScale scale(double[] sum, double weight, double gamma, TensorLayout layout, double accumulated);

    /**
     * Finds a rule by its name.
     *
     * @throws IllegalArgumentException if there is no such rule; the message lists the known ones
     */
    static StepRule parse(String text) {
        List<StepRule> rules = List.of(
                new PlainStep(), new NormalizedStep(), new LayerwiseNormalizedStep(), new AccumulatedNormStep());
        return rules.stream()
                .filter(rule -> rule.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a step rule: expected one of "
                        + rules.stream().map(StepRule::text).collect(Collectors.joining(", "))));
    }
}
