package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.step.LayerwiseNormalizedStep;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.HostileSettings;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one arm with one seed: the clients' and the coordinator's halves of core, without a network in between.
 * Sequential and deterministic, except for the seconds. Besides the clients' states, it needs only a few
 * vectors, regardless of the number of clients. With a lossy downlink, the figures refer to the clients'
 * model.
 */
public final class Simulation {

    private final Experiment experiment;
    private final Fleet fleet;
    private final Arm arm;
    private final long seed;
    private final RoundListener listener;
    private final ModelState state;
    private final @Nullable DeviceModel devices;
    private final Clients clients;
    private final WorkerPool workers;
    private final Participation participation;
    private final SpentPrivacy spent;
    private final HostileClients hostile;
    /** The model of each client's last message; empty if the step rule reads no slopes. */
    private final double[] @Nullable [] answered;

    private final Measure measure;
    private final Traffic traffic;
    private final List<TrajectoryPoint> points = new ArrayList<>();
    private long nanos;

    /**
     * Starts at x^0.
     *
     * @param threads the number of threads that compute gradients; the figures do not depend on it
     */
    public Simulation(Experiment experiment, Fleet fleet, Arm arm, long seed, int threads, RoundListener listener) {
        this.experiment = experiment;
        this.fleet = fleet;
        this.arm = arm;
        this.seed = seed;
        this.listener = listener;
        TensorLayout layout = fleet.losses().layout();
        int n = fleet.losses().clients();
        Draws draws = new Draws(seed);
        double[] x = draws.startingPoint(experiment.start(), fleet.losses());
        FeedbackMethod method = arm.algorithm().feedback();
        StepRule rule = arm.algorithm().step();
        state = ModelState.start(layout, rule, x, method.retainsSum());
        devices = arm.downlink() == null ? null : DeviceModel.start(arm.downlink(), draws.run(), x);
        Traffic.Means means = devices != null
                ? Traffic.Means.DELTAS
                : rule.isRepeatable() ? Traffic.Means.UPDATES : Traffic.Means.WHOLE;
        traffic = new Traffic(x, n, rule instanceof LayerwiseNormalizedStep ? layout.size() : 1, means);
        participation = new Participation(n, experiment.fleet().participation(), draws.run());
        spent = new SpentPrivacy(arm.privacy(), participation, n, x.length);
        clients = new Clients(arm, fleet, state, traffic, draws.run(), privacy(layout, draws.noise()));
        workers = new WorkerPool(fleet, experiment.gradient(), draws.batches(), threads, method.needsTwoGradients());
        String attack = experiment.fleet().hostile();
        hostile = new HostileClients(attack == null ? null : HostileSettings.parse(attack), n, x.length);
        measure = new Measure(fleet);
        answered = new double[rule.readsSlopes() ? n : 0][];
    }

    private @Nullable PrivateMessages privacy(TensorLayout layout, long drawnFrom) {
        if (arm.privacy() == null) {
            return null;
        }
        try {
            return new PrivateMessages(
                    arm.privacy(), arm.compressor().spec(), layout, participation.count(), drawnFrom);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("arm '" + arm.name() + "': " + e.getMessage(), e);
        }
    }

    /** Runs all rounds, or until a figure is no longer finite or the listener stops the run. */
    public ArmRun run() {
        try (workers) {
            Outcome outcome = rounds();
            return new ArmRun(arm.name(), seed, outcome, points);
        }
    }

    private Outcome rounds() {
        // A private arm would pay for initial messages as for any others, so it starts from zero like devices.
        boolean hasMemory = arm.algorithm().feedback().retainsSum() && arm.privacy() == null;
        if (hasMemory && !"zeros".equals(experiment.start().g()) && !sendInitial()) {
            return diverged(0, "a gradient at the starting point is not finite");
        }
        for (int round = 0; round < experiment.rounds(); round++) {
            boolean go = listener.beforeRound(arm.name(), seed, round, model());
            if (!go || Thread.currentThread().isInterrupted()) {
                return new Outcome(Outcome.Kind.INTERRUPTED, round, "stopped before round " + round);
            }
            String trouble = round(round);
            if (trouble != null) {
                return diverged(round, trouble);
            }
        }
        int last = experiment.rounds();
        measureAll();
        String trouble = measure.trouble(last);
        if (trouble != null) {
            return diverged(last, trouble);
        }
        double testMetric = measure.testMetric(model());
        points.add(point(last, testMetric, traffic.uplink(), traffic.downlink(), nanos, Double.NaN, Double.NaN));
        return new Outcome(Outcome.Kind.FINISHED, last, "");
    }

    private static Outcome diverged(int round, String why) {
        return new Outcome(Outcome.Kind.DIVERGED, round, why);
    }

    /** The initial messages only determine g^0: no step follows. */
    private boolean sendInitial() {
        boolean dense = "dense".equals(experiment.start().g());
        boolean exact = arm.compressor().spec().coding() == ValueCoding.FLOAT64;
        Compressor compressor = dense
                ? CompressorSpec.parse(exact ? "identity+float64" : "identity").bind(state.layout())
                : arm.compressor();
        long started = System.nanoTime();
        state.beginRound();
        double[] model = keptModel();
        boolean sent = workers.forEach(
                new Support.All(fleet.losses().clients()),
                (worker, client, gradient, second) -> worker.compute(client, -1, model, gradient),
                (client, loss, gradient, second) -> {
                    if (!isFinite(loss, gradient)) {
                        return false;
                    }
                    clients.send(client, -1, model, gradient, second, 1, compressor);
                    return true;
                });
        traffic.close(null);
        nanos += System.nanoTime() - started;
        return sent;
    }

    /** Runs a round; returns the figure that is no longer finite, or null. */
    private @Nullable String round(int round) {
        int horizon = experiment.rounds() - 1;
        boolean recorded = round % experiment.recordEvery() == 0;
        boolean fused = Gradients.areFull(experiment.gradient())
                && participation.isFull()
                && !arm.algorithm().feedback().extrapolates();
        long uplink = traffic.uplink();
        long downlink = traffic.downlink();
        long before = nanos;
        long started = System.nanoTime();
        StepInput input = exchange(round, horizon, fused);
        if (input == null) {
            return notFinite(round);
        }
        nanos += System.nanoTime() - started;
        if (recorded && !fused) {
            measureAll();
        }
        String trouble = recorded ? measure.trouble(round) : null;
        if (trouble != null) {
            return trouble;
        }
        double testMetric = recorded ? measure.testMetric(model()) : Double.NaN;
        long stepping = System.nanoTime();
        StepScale scale = step(input);
        boolean finite = state.isFinite();
        traffic.close(finite ? follow(round) : null);
        nanos += System.nanoTime() - stepping;
        if (recorded) {
            points.add(point(
                    round, testMetric, uplink, downlink, before, scale.stepSize(input.gamma()), scale.directionNorm()));
        }
        return finite ? null : "the step from x^" + round + " leads beyond the range of numbers";
    }

    /** Advances the devices' model; returns the message, or null without a lossy downlink. */
    private @Nullable CompressedVector follow(int round) {
        if (devices == null) {
            return null;
        }
        CompressedVector delta = devices.follow(state.x(), round);
        state.followed(delta, devices.w());
        return delta;
    }

    private StepScale step(StepInput input) {
        if (arm.robust() != null && arm.algorithm().feedback().retainsSum()) {
            clients.sum(arm.robust());
            traffic.summed(state.sum());
        }
        return state.step(input);
    }

    /** Computes and sends the participants' messages; returns null if a gradient is not finite. */
    private @Nullable StepInput exchange(int round, int horizon, boolean fused) {
        double eta = arm.algorithm().eta().at(round, horizon);
        Support participants = participation.of(round);
        ReportedLosses reported = new ReportedLosses(participants.count());
        state.beginRound();
        Slopes slopes = new Slopes();
        Slopes slopeChanges = new Slopes();
        hostile.beginRound();
        measure.reset();
        double[] model = keptModel();
        boolean sent = workers.forEach(
                participants,
                (worker, client, gradient, second) -> compute(worker, client, round, model, eta, gradient, second),
                (client, loss, gradient, second) -> {
                    if (!isFinite(loss, gradient) || !isFinite(0, second)) {
                        return false;
                    }
                    if (fused) {
                        measure.add(client, loss, gradient);
                    }
                    if (answered.length > 0) {
                        addSlope(slopes, slopeChanges, client, model, gradient);
                    }
                    hostile.pass(client, gradient);
                    reported.add(client, loss, fleet.weight(client));
                    traffic.fetched(client);
                    clients.send(client, round, model, gradient, second, eta, arm.compressor());
                    return true;
                });
        if (!sent) {
            return null;
        }
        clients.endRound(round);
        boolean retained = arm.algorithm().feedback().retainsSum();
        return new StepInput(
                retained ? fleet.totalWeight() : weight(participants),
                arm.algorithm().gamma().at(round, horizon),
                reported.losses().mean(),
                reported.losses(),
                retained ? 0 : Double.NaN,
                slopes.mean(),
                slopeChanges.mean());
    }

    /**
     * Adds the slope of a client's loss along the step since the model of its previous message, and the
     * change of that slope.
     */
    private void addSlope(Slopes slopes, Slopes slopeChanges, int client, double[] model, double[] gradient) {
        double[] before = answered[client];
        answered[client] = model;
        if (before != null) {
            double slope = Slopes.along(model.length, j -> gradient[j], j -> model[j], j -> before[j]);
            if (!Double.isFinite(slope)) {
                return;
            }
            slopes.add(slope, fleet.weight(client));
            double[] g = clients.estimate(client);
            traffic.sentSlope(g != null);
            if (g != null) {
                double change = Slopes.along(model.length, j -> gradient[j] - g[j], j -> model[j], j -> before[j]);
                slopeChanges.add(change, fleet.weight(client));
            }
        }
    }

    /** Returns the model; if clients keep it, returns a copy that never changes and that all of them share. */
    private double[] keptModel() {
        boolean kept = arm.algorithm().feedback().keepsModel() || answered.length > 0;
        return kept ? model().clone() : model();
    }

    private double[] model() {
        return devices == null ? state.x() : devices.w();
    }

    private double compute(
            Gradients worker, int client, int round, double[] model, double eta, double[] gradient, double[] second) {
        double loss = worker.compute(client, round, clients.point(client, model, eta), gradient);
        double[] before = clients.secondPoint(client);
        if (before != null) {
            worker.compute(client, round, before, second);
        }
        return loss;
    }

    private double weight(Support participants) {
        double weight = 0;
        for (int p = 0; p < participants.count(); p++) {
            weight += fleet.weight(participants.index(p));
        }
        return weight;
    }

    private void measureAll() {
        measure.reset();
        workers.forEach(
                new Support.All(fleet.losses().clients()),
                (worker, client, gradient, second) -> worker.full(client, model(), gradient),
                (client, loss, gradient, second) -> {
                    measure.add(client, loss, gradient);
                    return true;
                });
    }

    static String notFinite(int round) {
        return "a client's loss or gradient at x^" + round + " is not finite";
    }

    static boolean isFinite(double loss, double[] gradient) {
        double poison = 0 * loss;
        for (double value : gradient) {
            poison += 0 * value;
        }
        return poison == 0;
    }

    private TrajectoryPoint point(
            int round, double testMetric, long uplink, long downlink, long at, double gamma, double directionNorm) {
        return new TrajectoryPoint(
                round,
                measure.loss(),
                measure.gradNorm(),
                testMetric,
                uplink,
                downlink,
                gamma,
                directionNorm,
                spent.after(round),
                at * 1e-9);
    }
}
