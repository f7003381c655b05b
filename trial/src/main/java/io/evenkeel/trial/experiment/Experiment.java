package io.evenkeel.trial.experiment;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All settings of a trial, as in experiment.yaml: the same experiment gives the same figures, except for the seconds.
 *
 * @param data the source of the samples
 * @param loss the loss to minimise
 * @param fleet the clients
 * @param gradient the computation of a client in a round
 * @param start the starting point of a run
 * @param rounds R; the horizon K is R - 1
 * @param seeds the seeds; each arm runs once with each
 * @param recordEvery the number of rounds between two recorded points; the end is always recorded
 * @param targets such as loss:90%, test-metric:0.9 or grad-norm:0.01; empty for
 *     50%, 90% and 99% of the baseline's gain
 * @param baseline the name of the arm that the others are compared with
 * @param arms the methods, at least one
 * @param thresholds the differences that matter
 */
public record Experiment(
        DataSettings data,
        LossSettings loss,
        FleetSettings fleet,
        GradientSettings gradient,
        StartSettings start,
        int rounds,
        List<Long> seeds,
        int recordEvery,
        List<String> targets,
        String baseline,
        List<ArmSettings> arms,
        ThresholdSettings thresholds) {

    private static final int MAX_ROUNDS = 10_000_000;

    public Experiment {
        seeds = List.copyOf(seeds);
        targets = List.copyOf(targets);
        arms = List.copyOf(arms);
        Check.that(rounds >= 1 && rounds <= MAX_ROUNDS, "rounds is " + rounds + ", expected 1 to " + MAX_ROUNDS);
        Check.that(recordEvery >= 1, "record-every is " + recordEvery + ", expected at least 1");
        Check.that(!seeds.isEmpty(), "seeds is empty: give at least one");
        Check.that(
                new HashSet<>(seeds).size() == seeds.size(), "seeds " + seeds + " contains one twice: give each once");
        Check.that(!arms.isEmpty(), "arms is empty: give at least one");
        Set<String> names = new HashSet<>();
        arms.forEach(arm ->
                Check.that(names.add(arm.name()), "two arms are named '" + arm.name() + "': name them with name=..."));
        String wanted = baseline;
        Check.that(
                names.contains(wanted),
                "baseline is '" + wanted + "', expected the name of an arm: "
                        + String.join(", ", arms.stream().map(ArmSettings::name).toList()));
        targets.forEach(Target::parse);
        checkTogether(data, loss, fleet, gradient);
        arms.forEach(arm -> Check.that(
                "equal".equals(fleet.weights()) || !arm.hasNoiseInShares(),
                "arm '" + arm.name()
                        + "' has privacy +in-shares, whose sums count each client once, but fleet.weights is "
                        + fleet.weights() + ": take equal"));
        if ("http".equals(fleet.over())) {
            checkOverHttp(start, arms);
        }
    }

    private static void checkTogether(
            DataSettings data, LossSettings loss, FleetSettings fleet, GradientSettings gradient) {
        Check.that(
                data.isFormula() == "formula".equals(loss.kind()),
                "data.source " + data.source() + " cannot be combined with loss.kind " + loss.kind()
                        + (data.isFormula()
                                ? ", because it defines the loss itself: leave out --loss"
                                : ": use logistic, softmax, least-squares or perceptron"));
        Check.that(
                data.isPython() == DataSettings.PYTHON.equals(loss.kind()),
                "data.source " + data.source() + " cannot be combined with loss.kind " + loss.kind()
                        + ": python stands for both, in trials of evenkeel.trial");
        Check.that(
                data.isCoordinator() == DataSettings.COORDINATOR.equals(loss.kind()),
                "data.source " + data.source() + " cannot be combined with loss.kind " + loss.kind()
                        + ": coordinator stands for both, in comparisons of real runs");
        Check.that(
                !data.isFormula() || (gradient.batch() == 0 && "none".equals(loss.regularizer())),
                "data.source " + data.source() + " has no samples to draw batches from, and has its own regularizer:"
                        + " leave out gradient.batch and loss.regularizer");
        Check.that(
                !"polynomial".equals(data.source()) || fleet.clients() == 1,
                "data.source polynomial has one client: set fleet.clients to 1");
        Check.that(
                !"dirichlet".equals(fleet.split()) || !data.isFormula(),
                "fleet.split dirichlet skews labels, but data.source " + data.source() + " has none");
        Check.that(
                !"dirichlet".equals(fleet.split()) || !loss.isRegression(),
                "fleet.split dirichlet skews classes, but loss.kind " + loss.kind() + " has none: use another split");
        Check.that(
                "column".equals(fleet.split()) == (data.splitColumn() != null),
                "fleet.split column and data.split-column require each other: set both or neither");
    }

    private static void checkOverHttp(StartSettings start, List<ArmSettings> arms) {
        arms.forEach(arm -> Check.that(
                arm.robust() == null || RobustRule.parse(arm.robust()) instanceof RobustRule.Clipped,
                "arm '" + arm.name() + "' has robust=" + arm.robust()
                        + ", but the coordinator only supports clip:FACTOR: use that, or fleet.over process"));
        Check.that(
                "zeros".equals(start.g()),
                "start.g is " + start.g()
                        + ", but over http runs start from zeros: leave it out, or use fleet.over process");
    }

    /** Returns whether the result depends on the seed, apart from the choice of held-out samples. */
    public boolean isRandom() {
        boolean split = List.of("iid", "dirichlet").contains(fleet.split()) && !data.isFormula();
        boolean draws = arms.stream().anyMatch(ArmSettings::isRandom);
        return split
                || data.isCoordinator()
                || draws
                || data.isRandom()
                || data.labelNoise() > 0
                || data.testShare() > 0
                || gradient.batch() > 0
                || fleet.participation() < 1
                || !"zeros".equals(start.x());
    }

    /** Returns whether the clients' losses depend on the seed. */
    public boolean fleetIsRandom() {
        return data.isRandom()
                || data.labelNoise() > 0
                || data.testShare() > 0
                || data.preparation().heldOut() > 0
                || List.of("iid", "dirichlet").contains(fleet.split());
    }

    /** Returns a short description of the learning task: data, loss and regularizer. */
    public String description() {
        if (data.isPython() || data.isCoordinator()) {
            return String.valueOf(data.file());
        }
        String source = "logistic".equals(data.source()) ? "generated data" : data.source();
        String name = data.file() == null
                ? source
                : String.valueOf(Path.of(data.file()).getFileName());
        String regularizer =
                "none".equals(loss.regularizer()) ? "" : ", " + loss.regularizer() + " regularizer " + loss.lambda();
        return name + (data.isFormula() ? "" : ", " + loss.kind() + " loss" + regularizer);
    }

    /** Returns the number of runs, including searches: a search tries each of its step sizes with the first seed. */
    public int runs() {
        return arms.stream()
                .mapToInt(arm -> Math.max(1, arm.candidates().size()) + seeds.size() - 1)
                .sum();
    }

    public Experiment withSeeds(List<Long> others) {
        return new Experiment(
                data, loss, fleet, gradient, start, rounds, others, recordEvery, targets, baseline, arms, thresholds);
    }

    public Experiment withArms(List<ArmSettings> others, String otherBaseline) {
        return new Experiment(
                data,
                loss,
                fleet,
                gradient,
                start,
                rounds,
                seeds,
                recordEvery,
                targets,
                otherBaseline,
                others,
                thresholds);
    }
}
