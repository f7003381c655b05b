package io.evenkeel.trial.probe;

import io.evenkeel.core.smoothness.Envelope;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.loss.Worker;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.simulation.Arm;
import io.evenkeel.trial.simulation.Fleet;
import io.evenkeel.trial.simulation.RoundListener;
import io.evenkeel.trial.simulation.Simulation;
import io.evenkeel.trial.simulation.Trial;
import java.util.ArrayList;
import java.util.List;

/** Runs one arm with the first seed and estimates the smoothness of the loss along its trajectory. */
public final class Probe {

    private static final int VERSION = 1;

    private final Experiment experiment;
    private final Fleet fleet;
    private final Arm arm;
    private final RatioRecorder recorder;
    private final ArmRun run;

    /**
     * Runs the probe.
     *
     * @param experiment the experiment; its first arm is run
     * @param follow the number of clients to follow
     * @param every the number of rounds between two measured steps
     */
    public Probe(Experiment experiment, int follow, int every, int threads, RoundListener progress) {
        this.experiment = experiment;
        long seed = experiment.seeds().get(0);
        Trial.Prepared prepared = new Trial(experiment).prepared(seed);
        fleet = prepared.fleet();
        arm = prepared.arms().get(0);
        recorder = new RatioRecorder(fleet, follow, every);
        RoundListener both = (name, drawn, round, x) ->
                recorder.beforeRound(name, drawn, round, x) && progress.beforeRound(name, drawn, round, x);
        run = new Simulation(experiment, fleet, arm, seed, threads, both).run();
    }

    /** Returns a short description of the learning task. */
    String description() {
        return experiment.description();
    }

    public List<RatioPoint> points() {
        return recorder.points();
    }

    public ArmRun run() {
        return run;
    }

    /**
     * Fits the envelopes and draws conclusions.
     *
     * @throws IllegalArgumentException if there are too few measurements, or if the first step overflows
     */
    public ProbeResult result() {
        Outcome outcome = run.outcome();
        if (outcome.kind() == Outcome.Kind.DIVERGED && run.points().isEmpty()) {
            throw new IllegalArgumentException(arm.name() + " diverged in round " + outcome.round() + ", as "
                    + outcome.reason() + ": use a smaller step size, such as --arm ef21-norm,gamma=0.1");
        }
        Envelope.Fit whole = fit(RatioPoint.FLEET);
        List<ProbeResult.ClientFit> clients = new ArrayList<>();
        for (int client : recorder.followed()) {
            clients.add(new ProbeResult.ClientFit(client, fit(client)));
        }
        Double alpha =
                arm.compressor().alpha().isPresent() ? arm.compressor().alpha().getAsDouble() : null;
        ProbeResult.Steps steps = alpha == null ? null : steps(whole, alpha);
        List<ProbeResult.BoundPoint> bound = alpha == null ? List.of() : bound(whole, alpha);
        return new ProbeResult(
                VERSION,
                arm.name(),
                arm.compressor().spec().toString(),
                alpha,
                outcome.round(),
                whole,
                clients,
                steps,
                bound,
                ending(outcome) + new ProbeText(whole, clients, steps, bound).text());
    }

    private String ending(Outcome outcome) {
        return switch (outcome.kind()) {
            case FINISHED -> "";
            case DIVERGED ->
                arm.name() + " diverged in round " + outcome.round() + ", as " + outcome.reason()
                        + ": the following covers the rounds until then. Use a smaller step size for a run that stays.\n";
            case INTERRUPTED ->
                "Stopped before round " + outcome.round() + " of " + experiment.rounds()
                        + ": the following covers these rounds.\n";
        };
    }

    private Envelope.Fit fit(int client) {
        List<RatioPoint> own =
                points().stream().filter(point -> point.client() == client).toList();
        return Envelope.fit(
                own.stream().mapToDouble(RatioPoint::gradNorm).toArray(),
                own.stream().mapToDouble(RatioPoint::ratio).toArray());
    }

    private ProbeResult.Steps steps(Envelope.Fit fit, double alpha) {
        double steepest = 0;
        double flattest = Double.POSITIVE_INFINITY;
        for (TrajectoryPoint point : run.points()) {
            steepest = Math.max(steepest, point.gradNorm());
            flattest = Math.min(flattest, point.gradNorm());
        }
        return new ProbeResult.Steps(
                step(fit.plain(), alpha),
                steepest,
                step(fit.l0() + fit.l1() * steepest, alpha),
                flattest,
                step(fit.l0() + fit.l1() * flattest, alpha));
    }

    private static double step(double smoothness, double alpha) {
        double s = Math.sqrt(1 - alpha);
        return 1 / (smoothness * (1 + s / (1 - s)));
    }

    /**
     * Computes the bound with the estimated constants. Assumes that f^inf is the smallest observed loss, that each
     * f_i^inf is 0, a lower bound of all losses here, and that g_i^0 is 0.
     */
    private List<ProbeResult.BoundPoint> bound(Envelope.Fit fit, double alpha) {
        List<TrajectoryPoint> points = run.points();
        double least = points.stream().mapToDouble(TrajectoryPoint::loss).min().orElse(0);
        TheoremBound theorem = new TheoremBound(
                fit.l0(), fit.l1(), alpha, points.get(0).loss() - least, initialError(), Math.max(0, least));
        List<ProbeResult.BoundPoint> bound = new ArrayList<>();
        double measured = Double.POSITIVE_INFINITY;
        int last = points.get(points.size() - 1).round();
        int next = 1;
        for (TrajectoryPoint point : points) {
            measured = Math.min(measured, point.gradNorm());
            if (point.round() >= next || point.round() == last) {
                double gamma0 = theorem.bestGamma0(point.round());
                bound.add(new ProbeResult.BoundPoint(
                        point.round(),
                        Spreads.finite(theorem.at(1, point.round())),
                        gamma0,
                        Spreads.finite(theorem.at(gamma0, point.round())),
                        measured));
                next = Math.max(next * 10, point.round() + 1);
            }
        }
        return bound;
    }

    private double initialError() {
        double[] x = recorder.start();
        double[] gradient = new double[x.length];
        Worker worker = fleet.losses().worker();
        double sum = 0;
        for (int client = 0; client < fleet.losses().clients(); client++) {
            worker.gradient(client, x, null, gradient);
            sum += Norm.l2(gradient);
        }
        return sum / fleet.losses().clients();
    }
}
