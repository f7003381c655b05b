package io.evenkeel.cli.demo;

import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs the coordinator's and the devices' parts of a federated run in one loop. The result has the same bits as the
 * same run through a coordinator: devices see the model as float32, and messages are added in the devices' order.
 *
 * <p>Not thread-safe.
 */
public final class InProcessRun {

    private final Algorithm algorithm;
    private final Compressor compressor;
    private final int horizon;
    private final long seed;
    private final ModelState state;
    private final List<Member> members = new ArrayList<>();
    private double totalWeight;
    private double losses;
    private int round;

    /** A device's loss and gradient. */
    @FunctionalInterface
    public interface Loss {

        /**
         * Computes a loss and its gradient.
         *
         * @param x the model, d values of single precision
         * @param round from 0
         * @param gradient receives the gradient, d values
         */
        double gradient(double[] x, int round, double[] gradient);
    }

    /** Decides which devices miss which rounds; devices are counted from 0 in the order of joining. */
    @FunctionalInterface
    public interface Attendance {

        /** No device misses a round. */
        Attendance FULL = (device, round) -> false;

        /** Returns whether the device misses the round. */
        boolean misses(int device, int round);
    }

    private record Member(Loss loss, double weight, ErrorFeedback feedback, long seed) {}

    /**
     * Starts a run that has no devices yet.
     *
     * @param rounds R, at least 1
     * @param initialModel not copied; each step updates it in place
     * @param seed the run's seed, for random compressors
     */
    public InProcessRun(
            Algorithm algorithm,
            Compressor compressor,
            TensorLayout layout,
            int rounds,
            double[] initialModel,
            long seed) {
        this.seed = seed;
        this.algorithm = algorithm;
        this.compressor = compressor;
        this.horizon = rounds - 1;
        FeedbackMethod feedback = algorithm.feedback();
        this.state = ModelState.start(layout, algorithm.step(), initialModel, feedback.retainsSum());
    }

    /** Adds a device. */
    public void join(Loss loss, double weight) {
        members.add(new Member(
                loss,
                weight,
                ErrorFeedback.start(algorithm.feedback(), compressor.dimension()),
                SplitMix64.derive(seed, members.size())));
        totalWeight += weight;
    }

    /**
     * Runs the next round.
     *
     * @param heard receives each message
     */
    public void step(Attendance attendance, Consumer<CompressedVector> heard) {
        double[] x = toSinglePrecision(state.x());
        double participants = 0;
        losses = 0;
        state.beginRound();
        for (int device = 0; device < members.size(); device++) {
            if (!attendance.misses(device, round)) {
                Member member = members.get(device);
                CompressedVector delta = message(member, x);
                state.add(delta, member.weight());
                participants += member.weight();
                heard.accept(delta);
            }
        }
        double weight = algorithm.feedback().retainsSum() ? totalWeight : participants;
        state.step(new StepInput(weight, algorithm.gamma().at(round, horizon), losses / participants));
        round++;
    }

    private CompressedVector message(Member member, double[] x) {
        ErrorFeedback feedback = member.feedback();
        double eta = algorithm.eta().at(round, horizon);
        double[] second = feedback.secondPoint();
        Staged staged = feedback.stage(
                x,
                first(member, toSinglePrecision(feedback.point(x, eta))),
                second == null ? null : second(member, second),
                eta,
                compressor,
                SplitMix64.derive(member.seed(), round));
        feedback.commit(staged);
        return staged.delta();
    }

    private double[] first(Member member, double[] x) {
        double[] gradient = new double[x.length];
        losses += member.weight() * member.loss().gradient(x, round, gradient);
        return gradient;
    }

    private double[] second(Member member, double[] x) {
        double[] gradient = new double[x.length];
        member.loss().gradient(x, round, gradient);
        return gradient;
    }

    private static double[] toSinglePrecision(double[] x) {
        double[] rounded = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            rounded[j] = (float) x[j];
        }
        return rounded;
    }

    /** Returns the model itself. */
    public double[] x() {
        return state.x();
    }

    /** Returns the open round, counted from 0. */
    public int round() {
        return round;
    }
}
