package io.evenkeel.client.internal.training;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunPrivacy;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.client.SampledGradient;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.secagg.FixedPointRelease;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.step.Schedule;
import java.security.SecureRandom;
import java.util.Objects;

/**
 * The device's half of a run's algorithm, parsed from the plan.
 *
 * @param feedback the kind of error feedback
 * @param eta the momentum
 * @param compressor the compressor, bound to the model
 */
record PlanTerms(FeedbackMethod feedback, Schedule eta, Compressor compressor) {

    /**
     * Parses a plan.
     *
     * @throws EvenkeelException if this version does not support it
     */
    static PlanTerms of(RunPlan plan) {
        try {
            FeedbackMethod feedback = FeedbackMethod.parse(plan.feedback());
            Compressor compressor = CompressorSpec.parse(plan.compressor()).bind(plan.layout());
            RunPrivacy privacy = plan.privacy();
            if (privacy != null) {
                // Fails for an invalid mechanism or delta.
                privacy.epsilonAfter(1);
            }
            return new PlanTerms(
                    feedback,
                    Schedule.parse(plan.eta()),
                    plan.secureAggregation() != null
                            ? masked(plan, plan.secureAggregation(), feedback)
                            : privacy == null ? compressor : releasing(privacy, feedback, compressor));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new EvenkeelException(
                    "run '" + plan.run() + "' has a plan that this client cannot follow: " + e.getMessage()
                            + ": update the client",
                    e);
        }
    }

    private static Compressor releasing(RunPrivacy privacy, FeedbackMethod feedback, Compressor compressor) {
        PrivacyMechanism.requireSuited(feedback);
        PrivacyMechanism mechanism = PrivacyMechanism.parse(privacy.mechanism());
        return compressor.releasing(
                privacy.by() == NoiseAdder.COORDINATOR
                        ? mechanism.withoutNoise(compressor.spec())
                        : mechanism.on(compressor.spec(), new DiscreteGaussian(new SecureRandom()::nextBytes)));
    }

    /**
     * The coding is float64 regardless of the plan's: the message is never sent, and the fixed point may need more bits
     * than float32 has.
     */
    private static Compressor masked(RunPlan plan, RunSecureAggregation secure, FeedbackMethod feedback) {
        CompressorSpec spec = CompressorSpec.parse(plan.compressor());
        if (!spec.selection().entry().suits(Feature.SECURE_AGGREGATION)) {
            throw new IllegalArgumentException(
                    "'" + spec + "' chooses coordinates by their values, but all devices of a"
                            + " cohort must send the same ones: with secure aggregation use identity or rand-k");
        }
        RunPrivacy privacy = plan.privacy();
        boolean central = privacy != null && privacy.by() == NoiseAdder.COORDINATOR;
        boolean suits = feedback.entry().suits(Feature.SECURE_AGGREGATION);
        if (!suits || central || plan.staleness() > 0) {
            throw new IllegalArgumentException("with secure aggregation it has "
                    + (!suits ? feedback.text() : central ? "privacy.by coordinator" : "staleness")
                    + ", which cannot be combined");
        }
        VectorWords words = new VectorWords(secure.exponent(), secure.maxMembers());
        return new CompressorSpec(spec.selection(), ValueCoding.FLOAT64)
                .bind(plan.layout())
                .releasing(
                        privacy == null
                                ? new FixedPointRelease(words.coding())
                                : Objects.requireNonNull(privacy.shares()).withoutNoise());
    }

    /**
     * Checks that a gradient function supports what the run needs.
     *
     * @throws EvenkeelException if the run needs two gradients on one sample and the function draws its own samples
     */
    void requireSuited(GradientFunction function, String run) {
        if (feedback.needsTwoGradients() && !(function instanceof SampledGradient)) {
            throw new EvenkeelException(
                    "run '" + run + "' uses " + feedback.text()
                            + ", which needs gradients at two models on the same sample: pass GradientFunction.onSample(source, gradient)");
        }
    }
}
