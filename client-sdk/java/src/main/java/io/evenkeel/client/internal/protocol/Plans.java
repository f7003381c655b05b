package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunPrivacy;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.client.internal.http.PrintableText;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parses run plans. */
final class Plans {

    private Plans() {}

    /**
     * Reads a plan.
     *
     * @throws EvenkeelException if it is invalid
     */
    static RunPlan of(JsonFields plan) {
        try {
            return read(plan);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new EvenkeelException(
                    "the plan is invalid: " + PrintableText.of(String.valueOf(e.getMessage()))
                            + ": check that the coordinator's version matches this client's",
                    e);
        }
    }

    private static RunPlan read(JsonFields plan) {
        JsonFields algorithm = plan.object("algorithm");
        int rounds = plan.natural("rounds");
        TensorLayout layout = layout(plan);
        RunSecureAggregation secure =
                plan.optionalObject("secureAggregation").map(Plans::secure).orElse(null);
        return new RunPlan(
                plan.name("run"),
                layout,
                rounds,
                plan.naturalOr("horizon", rounds),
                algorithm.text("name"),
                algorithm.text("feedback"),
                algorithm.text("step"),
                algorithm.text("gamma"),
                algorithm.text("eta"),
                plan.text("compressor"),
                plan.optionalObject("downlink")
                        .map(downlink -> downlink.text("compressor"))
                        .orElse(null),
                localSteps(plan, secure),
                plan.integer("seed"),
                plan.naturalOr("staleness", 0),
                plan.integer("maxMessageBytes"),
                plan.optionalObject("privacy")
                        .map(privacy -> privacy(privacy, secure, layout.dimension()))
                        .orElse(null),
                secure);
    }

    /** Reads the local steps. With secure aggregation a coordinator must not choose them for each device. */
    private static OptionalInt localSteps(JsonFields plan, @Nullable RunSecureAggregation secure) {
        if (!plan.has("localSteps")) {
            return OptionalInt.empty();
        }
        if (secure != null) {
            throw new EvenkeelException(
                    "the plan has both localSteps and secureAggregation, but one device with far more steps than"
                            + " the others would be recognizable in their sum: the coordinator contradicts itself");
        }
        return OptionalInt.of(plan.natural("localSteps"));
    }

    private static RunPrivacy privacy(JsonFields privacy, @Nullable RunSecureAggregation secure, int dimension) {
        String mechanism = privacy.text("mechanism");
        return new RunPrivacy(
                adder(privacy.text("by")),
                secure == null ? null : shares(mechanism, secure, dimension),
                mechanism,
                privacy.number("delta"),
                privacy.has("epsilon") ? (Double) privacy.number("epsilon") : null,
                privacy.naturalOr("maxMessages", Integer.MAX_VALUE));
    }

    private static CohortNoise shares(String mechanism, RunSecureAggregation secure, int dimension) {
        try {
            return CohortNoise.of(
                    PrivacyMechanism.parse(mechanism),
                    secure.exponent(),
                    secure.minMembers(),
                    secure.maxMembers(),
                    secure.collusion(),
                    dimension);
        } catch (IllegalArgumentException e) {
            throw new EvenkeelException(
                    "the noise of the plan's secure aggregation cannot be added: exponent or collusion "
                            + e.getMessage(),
                    e);
        }
    }

    private static NoiseAdder adder(String text) {
        try {
            return NoiseAdder.parse(text);
        } catch (IllegalArgumentException e) {
            throw new EvenkeelException("the plan's privacy.by " + e.getMessage() + ": update the client", e);
        }
    }

    private static RunSecureAggregation secure(JsonFields secure) {
        return new RunSecureAggregation(
                secure.texts("owners"),
                secure.number("dropout"),
                secure.number("collusion"),
                secure.natural("rebaseEvery"),
                Math.toIntExact(secure.integer("exponent")),
                secure.natural("minMembers"),
                secure.natural("maxMembers"));
    }

    private static TensorLayout layout(JsonFields plan) {
        List<Tensor> tensors = plan.objects("tensors").stream()
                .map(tensor -> new Tensor(tensor.text("name"), tensor.integers("shape")))
                .collect(Collectors.toList());
        TensorLayout layout = TensorLayout.of(tensors);
        int dimension = plan.natural("dimension");
        if (layout.dimension() != dimension) {
            throw new EvenkeelException("the plan's tensors have " + layout.dimension()
                    + " values, but its dimension is " + dimension + ": the coordinator contradicts itself");
        }
        return layout;
    }
}
