package io.evenkeel.client;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.step.Schedule;
import java.security.SecureRandom;

/**
 * The device's half of a run's algorithm, parsed from the plan.
 *
 * @param feedback the kind of error feedback
 * @param eta the momentum
 * @param compressor fitted to the model
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
            return new PlanTerms(
                    feedback,
                    Schedule.parse(plan.eta()),
                    privacy == null ? compressor : releasing(privacy, feedback, compressor));
        } catch (IllegalArgumentException e) {
            throw new EvenkeelException(
                    "run '" + plan.run() + "' has a plan this client cannot follow: " + e.getMessage()
                            + ": update the client",
                    e);
        }
    }

    private static Compressor releasing(RunPrivacy privacy, FeedbackMethod feedback, Compressor compressor) {
        GaussianMechanism.requireSuited(feedback);
        GaussianMechanism mechanism = GaussianMechanism.parse(privacy.mechanism());
        return compressor.releasing(
                privacy.by() == NoiseAdder.COORDINATOR
                        ? mechanism.withoutNoise(compressor.spec())
                        : mechanism.on(compressor.spec(), new DiscreteGaussian(new SecureRandom()::nextBytes)));
    }

    /**
     * Checks that a gradient function can do what the run needs.
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
