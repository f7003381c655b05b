package io.evenkeel.coordinator.testing;

import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.vector.Tensor;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Computes the digest of the plan and the model from the responses to a device. */
public final class DeviceBasis {

    private DeviceBasis() {}

    /**
     * Returns the digest for a round.
     *
     * @param lie changes the plan before the digest is computed
     */
    public static CohortBasis of(TestDevice device, String run, int round, UnaryOperator<CohortPlan> lie) {
        Reply model = device.http().get("/runs/" + run + "/rounds/" + round + "/model");
        if (model.status() != 200) {
            throw new AssertionError("the model of round " + round + ": " + model);
        }
        return CohortBasis.of(lie.apply(plan(map(device.membership().json(), "plan"))), out -> out.write(model.body()));
    }

    private static CohortPlan plan(Map<?, ?> plan) {
        Map<?, ?> algorithm = map(plan, "algorithm");
        Map<?, ?> secure = map(plan, "secureAggregation");
        return new CohortPlan(
                list(plan, "tensors").stream()
                        .map(tensor -> (Map<?, ?>) tensor)
                        .map(tensor -> new Tensor(
                                text(tensor, "name"),
                                list(tensor, "shape").stream()
                                        .map(axis -> ((Number) axis).intValue())
                                        .toList()))
                        .toList(),
                text(algorithm, "name"),
                text(algorithm, "feedback"),
                text(algorithm, "eta"),
                number(plan, "horizon").intValue(),
                text(plan, "compressor"),
                plan.containsKey("downlink") ? text(map(plan, "downlink"), "compressor") : null,
                number(plan, "seed").longValue(),
                list(secure, "owners").stream()
                        .map(owner -> Base64.getDecoder().decode((String) owner))
                        .toList(),
                new CohortRules(
                        number(secure, "minMembers").intValue(),
                        number(secure, "maxMembers").intValue(),
                        number(secure, "dropout").doubleValue(),
                        number(secure, "collusion").doubleValue()),
                number(secure, "rebaseEvery").intValue(),
                number(secure, "exponent").intValue(),
                plan.containsKey("privacy") ? privacy(map(plan, "privacy")) : null);
    }

    private static CohortPlan.Privacy privacy(Map<?, ?> privacy) {
        @Nullable
        Double epsilon = privacy.containsKey("epsilon")
                ? (Double) number(privacy, "epsilon").doubleValue()
                : null;
        return new CohortPlan.Privacy(
                text(privacy, "mechanism"), number(privacy, "delta").doubleValue(), epsilon);
    }

    private static Map<?, ?> map(Map<?, ?> from, String field) {
        return (Map<?, ?>) value(from, field);
    }

    private static List<?> list(Map<?, ?> from, String field) {
        return (List<?>) value(from, field);
    }

    private static String text(Map<?, ?> from, String field) {
        return (String) value(from, field);
    }

    private static Number number(Map<?, ?> from, String field) {
        return (Number) value(from, field);
    }

    private static Object value(Map<?, ?> from, String field) {
        return Objects.requireNonNull(from.get(field), field);
    }
}
