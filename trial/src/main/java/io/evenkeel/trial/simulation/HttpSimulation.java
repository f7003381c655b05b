package io.evenkeel.trial.simulation;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.Model;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RoundFigures;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.trial.experiment.ArmPrivacy;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.local.LocalDevices;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs an arm through a coordinator, each client a thread with the SDK's client. Models are bit-identical to
 * {@link Simulation}'s. Byte counts are actual transfers, and seconds are measured on this machine, which
 * runs the whole fleet. The noise of private arms has no seed, so their figures differ each time.
 */
public final class HttpSimulation implements Simulator {

    private static final long POLL_MILLIS = 50;
    private static final int SMALLEST_COHORT = 3;

    private final Experiment experiment;
    private final URI coordinator;
    private final OperatorApi operator;

    /**
     * @param coordinator its address without {@code /api}
     * @param operatorToken a token that may create runs
     */
    public HttpSimulation(Experiment experiment, URI coordinator, String operatorToken) {
        this.experiment = experiment;
        this.coordinator = coordinator;
        this.operator = new OperatorApi(coordinator, operatorToken);
    }

    @Override
    public ArmRun run(Trial.Prepared prepared, int arm, long seed, int threads, RoundListener listener)
            throws InterruptedException {
        Fleet fleet = prepared.fleet();
        Arm of = prepared.arms().get(arm);
        Draws draws = new Draws(seed);
        String run = "pilot-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "-" + arm + "-" + seed;
        OwnerKey owner = of.hasNoiseInShares() ? OwnerKey.generate() : null;
        operator.createRun(definition(run, fleet, of, draws, owner));
        operator.uploadModel(run, draws.startingPoint(experiment.start(), fleet.losses()));
        String token = operator.createEnrolmentToken(fleet.losses().clients(), run);
        try (Observer observer = new Observer(experiment, fleet, draws, of.name(), threads, listener);
                LocalDevices devices = new LocalDevices()) {
            for (int client = 0; client < fleet.losses().clients(); client++) {
                ClientBuilder settings = EvenkeelClient.builder(coordinator)
                        .run(run)
                        .enrolmentToken(token)
                        .weight(fleet.weight(client))
                        .doublePrecision(true)
                        .memoryState();
                if (owner != null) {
                    settings.secureAggregation(
                            SecureAggregation.with(owner.issue()).minimumCohort(SMALLEST_COHORT));
                }
                Device device = new Device(client, fleet, draws, observer, of.privacy() != null);
                settings.evaluation(device::observe);
                devices.join(
                        String.format(Locale.ROOT, "client-%03d", client),
                        settings,
                        GradientFunction.onSample(round -> round, device::compute));
            }
            observer.begin();
            operator.start(run);
            Outcome outcome = follow(run, devices, observer);
            return new ArmRun(of.name(), seed, outcome, points(run, observer.sights(), spent(of, fleet, draws)));
        }
    }

    private Map<String, Object> definition(String run, Fleet fleet, Arm arm, Draws draws, @Nullable OwnerKey owner) {
        if (arm.privacy() != null) {
            requirePrivate(arm, fleet, arm.privacy());
        }
        int clients = fleet.losses().clients();
        int asked = new Participation(clients, experiment.fleet().participation(), draws.run()).count();
        Algorithm algorithm = arm.algorithm();
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put("name", run);
        definition.put(
                "tensors",
                fleet.losses().layout().tensors().stream()
                        .map(HttpSimulation::tensor)
                        .toList());
        definition.put("algorithm", algorithm.preset().text());
        definition.put("step", algorithm.step().text());
        definition.put("compressor", arm.compressor().spec().toString());
        if (arm.downlink() != null) {
            definition.put(
                    "downlink", Map.of("compressor", arm.downlink().spec().toString()));
        }
        if (arm.robust() != null) {
            definition.put("robust", arm.robust().text());
            // The default maximum weight in a robust run is 1.
            definition.put("weights", Map.of("max", 1e12));
        }
        definition.put("gamma", algorithm.gamma().toString());
        definition.put("eta", algorithm.eta().toString());
        definition.put("rounds", experiment.rounds());
        definition.put("seed", draws.run());
        definition.put("participants", Map.of("min", asked, "max", asked));
        // The coordinator rounds the share of participants up.
        definition.put("sampling", (asked - 0.5) / clients);
        definition.put("time", Map.of("min", "0s", "max", "1h"));
        definition.put("initialModel", "uploaded");
        if (arm.privacy() != null) {
            definition.put("privacy", arm.privacy().definition());
        }
        if (owner != null) {
            String key = Base64.getEncoder().encodeToString(owner.publicKey());
            definition.put("secureAggregation", ArmPrivacy.secureAggregation(key, experiment.rounds()));
            definition.put("participants", Map.of("min", ArmPrivacy.fewestInSum(asked), "max", asked));
        }
        return definition;
    }

    /** Devices of private runs evaluate nothing, so models are observed in the gradient function. */
    private static void requirePrivate(Arm arm, Fleet fleet, ArmPrivacy privacy) {
        String wrong = null;
        if (privacy.noise() == ArmPrivacy.Noise.NOT_FED_BACK) {
            wrong = "has privacy with +not-fed-back, but devices of runs feed their noise back: leave it out";
        } else if (arm.algorithm().feedback().extrapolates()) {
            wrong = "has privacy and computes gradients at other points, so that over HTTP nothing measures the model:"
                    + " use another algorithm";
        } else if (IntStream.range(0, fleet.losses().clients()).anyMatch(client -> fleet.weight(client) != 1)) {
            wrong = "has privacy, where each device has the weight 1: leave out --weights";
        }
        if (wrong != null) {
            throw new IllegalArgumentException("arm '" + arm.name() + "' " + wrong);
        }
    }

    private static Map<String, Object> tensor(Tensor tensor) {
        return Map.of("name", tensor.name(), "shape", List.copyOf(tensor.shape()));
    }

    /** A device of the fleet: passes each model to the observer and computes its gradient. */
    private final class Device {

        private final int client;
        private final Fleet fleet;
        private final Observer observer;
        private final Gradients gradients;
        private final boolean isPrivate;

        Device(int client, Fleet fleet, Draws draws, Observer observer, boolean isPrivate) {
            this.isPrivate = isPrivate;
            this.client = client;
            this.fleet = fleet;
            this.observer = observer;
            this.gradients = new Gradients(fleet, experiment.gradient(), draws.batches());
        }

        /** Observes the round's own model, at which IGT computes no gradient. */
        Map<String, Double> observe(Model model) {
            observer.see(model.round(), model.toDoubles());
            return Map.of();
        }

        Gradient compute(Model model, int round) {
            if (observer.end() != null) {
                return Gradient.skip();
            }
            double[] x = model.toDoubles();
            if (isPrivate && !observer.see(model.round(), x)) {
                return Gradient.skip();
            }
            double[] gradient = new double[x.length];
            double loss = gradients.compute(client, round, x, gradient);
            if (!Simulation.isFinite(loss, gradient)) {
                observer.diverged(round, Simulation.notFinite(round));
                return Gradient.skip();
            }
            return Gradient.of(gradient, fleet.losses().samples(client), loss);
        }
    }

    private Outcome follow(String run, LocalDevices devices, Observer observer) throws InterruptedException {
        while (!devices.haveEnded()) {
            devices.throwIfFailed();
            Outcome end = observer.end();
            if (end != null) {
                operator.cancel(run);
                return end;
            }
            Thread.sleep(POLL_MILLIS);
        }
        devices.throwIfFailed();
        RunStatus status = operator.status(run);
        if (!status.state().equals("finished")) {
            throw new CommandFailure("run " + run + " is " + status.state() + ": " + status.message());
        }
        observer.see(experiment.rounds(), OperatorApi.values(operator.devicesModel(run, experiment.rounds())));
        Outcome end = observer.end();
        return end != null ? end : new Outcome(Outcome.Kind.FINISHED, experiment.rounds(), "");
    }

    private SpentPrivacy spent(Arm arm, Fleet fleet, Draws draws) {
        int clients = fleet.losses().clients();
        return new SpentPrivacy(
                arm.privacy(),
                new Participation(clients, experiment.fleet().participation(), draws.run()),
                clients,
                fleet.losses().layout().dimension());
    }

    /** Joins the observations of models with the coordinator's round records. */
    private List<TrajectoryPoint> points(String run, List<Observer.Sight> sights, SpentPrivacy spent) {
        List<RoundFigures> rounds = operator.allRounds(run);
        List<TrajectoryPoint> points = new ArrayList<>();
        long uplink = 0;
        long downlink = 0;
        int counted = 0;
        for (Observer.Sight sight : sights) {
            for (; counted < sight.round(); counted++) {
                uplink += rounds.get(counted).uplinkBytes();
                downlink += rounds.get(counted).downlinkBytes();
            }
            RoundFigures step = sight.round() < rounds.size() ? rounds.get(sight.round()) : null;
            points.add(new TrajectoryPoint(
                    sight.round(),
                    sight.loss(),
                    sight.gradNorm(),
                    sight.testMetric(),
                    uplink,
                    downlink,
                    step == null ? Double.NaN : step.gamma(),
                    step == null ? Double.NaN : step.directionNorm(),
                    spent.after(sight.round()),
                    sight.seconds()));
        }
        return points;
    }
}
