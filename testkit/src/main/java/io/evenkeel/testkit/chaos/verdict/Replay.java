package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.QuadraticObjective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Computes the run's expected result without network and disk. Not thread-safe. */
final class Replay extends ReplayedModel {

    private final Map<History.MembershipPeriod, double[]> memories = new HashMap<>();
    private final Map<History.MembershipPeriod, ErrorFeedback> feedbacks = new HashMap<>();
    private final Compressor compressor;
    private int round;
    private double fleetWeight;

    Replay(ChaosSettings settings, History history) {
        super(settings, history);
        this.compressor = CompressorSpec.parse(settings.compressor()).bind(layout);
    }

    /**
     * Adds a message to the open round. Messages must be added in the order of the members, and of each
     * member's messages.
     */
    void add(History.MembershipPeriod member, CompressedVector delta) {
        state.add(delta, history.weight(member.device(), round));
        delta.addTo(memories.computeIfAbsent(member, first -> new double[settings.dimension()]), 1);
    }

    /**
     * Closes the round: removes the members that left from the sum, applies changes of weight, bounds a robust sum, and
     * takes the step.
     */
    void close() {
        fleetWeight = 0;
        List<double[]> vectors = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (History.MembershipPeriod member : history.periods()) {
            if (member.isActiveIn(round)) {
                double weight = history.weight(member.device(), round);
                double next = member.to() == round ? 0 : history.weight(member.device(), round + 1);
                double[] memory = memories.get(member);
                if (next != weight && memory != null) {
                    state.add(memory, next - weight);
                }
                if (next != 0 && memory != null) {
                    vectors.add(memory);
                    weights.add(next);
                }
                fleetWeight += next;
            }
        }
        NormClipping robust = settings.robust();
        if (robust != null) {
            double[] held = weights.stream().mapToDouble(weight -> weight).toArray();
            robust.sum(MemberVectorSource.of(vectors, held), state.sum());
        }
        step(round, fleetWeight);
        round++;
        state.beginRound();
    }

    /**
     * Trains with the same members, without faults, and returns the model.
     *
     * @param answers which members answer which rounds
     */
    static double[] undisturbed(
            ChaosSettings settings, History history, BiPredicate<History.MembershipPeriod, Integer> answers) {
        Replay run = new Replay(settings, history);
        for (int k = 0; k < settings.rounds(); k++) {
            run.answer(asSent(run.devicesModel()), answers, run::gradient);
            run.close();
        }
        return run.x();
    }

    /** Computes a member's gradient. */
    @FunctionalInterface
    interface Gradients {

        /** Returns the gradient at a point, which it may replace. */
        double[] at(History.MembershipPeriod member, double[] point, int round);
    }

    /** Returns the gradient of a device's loss; may replace the point. */
    double[] gradient(History.MembershipPeriod member, double[] point, int at) {
        return new QuadraticObjective(member.device(), settings.dimension()).gradient(point, at);
    }

    /**
     * Adds the members' messages, computed at a model, to the open round.
     *
     * @param model the model as it was sent
     */
    void answer(double[] model, BiPredicate<History.MembershipPeriod, Integer> answers, Gradients gradients) {
        for (History.MembershipPeriod member : history.periods()) {
            if (answers.test(member, round)) {
                ErrorFeedback feedback = feedback(member, feedbacks.get(member));
                feedbacks.put(member, feedback);
                long seed = SplitMix64.derive(SplitMix64.derive(settings.seed(), member.ordinal()), round);
                double momentum = eta.at(round, settings.rounds() - 1);
                int at = round;
                add(
                        member,
                        message(feedback, point -> gradients.at(member, point, at), model, momentum, compressor, seed));
            }
        }
    }

    /**
     * Computes a device's message as the SDK does, and commits it to the device's state.
     *
     * @param feedback the device's state
     * @param gradient replaces a point with its gradient
     * @param model the model as it was sent
     * @param seed the seed of the compressor
     */
    static CompressedVector message(
            ErrorFeedback feedback,
            UnaryOperator<double[]> gradient,
            double[] model,
            double momentum,
            Compressor compressor,
            long seed) {
        double[] second = feedback.secondPoint();
        Staged staged = feedback.stage(
                model,
                gradient.apply(asSent(feedback.point(model, momentum))),
                second == null ? null : gradient.apply(second.clone()),
                momentum,
                compressor,
                seed);
        feedback.commit(staged);
        return staged.delta();
    }

    /** Returns the total weight of the members after the last closed round. */
    double fleetWeight() {
        return fleetWeight;
    }

    /** A device that lost its disk, or follows a restored coordinator, continues from g_i only. */
    private ErrorFeedback feedback(History.MembershipPeriod member, @Nullable ErrorFeedback before) {
        double[] memory = memories.get(member);
        if (before == null || memory == null) {
            return ErrorFeedback.start(preset.feedback(), settings.dimension());
        }
        return history.hasOnlyMemory(member.device(), round)
                ? ErrorFeedback.restore(preset.feedback(), settings.dimension(), List.of(memory.clone()))
                : before;
    }

    /** Rounds a model to float32, as it is sent. */
    static double[] asSent(double[] model) {
        double[] sent = new double[model.length];
        for (int j = 0; j < sent.length; j++) {
            sent[j] = (float) model[j];
        }
        return sent;
    }
}
