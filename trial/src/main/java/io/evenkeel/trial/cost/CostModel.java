package io.evenkeel.trial.cost;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import java.util.List;

/**
 * Computes the cost of a trial's methods in money: of a year of trainings to one target with each arm, for a fleet and a model
 * of any size.
 */
public final class CostModel {

    private static final double GIGABYTE = 1e9;
    private static final double SECONDS = 3600;

    private final Summary summary;
    private final double participation;
    private final int target;
    private final Prices prices;
    private final Deployment deployment;

    /**
     * @param participation share of the clients that send in a round of the trial
     * @param target which of the summary's targets a training is to reach, by its text
     * @throws IllegalArgumentException if there is no such target
     */
    public CostModel(Summary summary, double participation, String target, Prices prices, Deployment deployment) {
        this(summary, participation, index(summary, target), prices, deployment);
    }

    /**
     * Puts the trial of an experiment into money. Of real runs, computing is not counted: their seconds are from a round's opening to
     * its closing, and mostly waiting.
     *
     * @throws IllegalArgumentException if there is no such target
     */
    public static CostModel of(
            Experiment experiment, Summary summary, String target, Prices prices, Deployment deployment) {
        Prices counted = experiment.data().isCoordinator() ? prices.withoutComputing() : prices;
        return new CostModel(summary, experiment.fleet().participation(), target, counted, deployment);
    }

    private CostModel(Summary summary, double participation, int target, Prices prices, Deployment deployment) {
        this.summary = summary;
        this.participation = participation;
        this.target = target;
        this.prices = prices;
        this.deployment = deployment;
    }

    private static int index(Summary summary, String target) {
        int index = summary.targets().indexOf(target);
        if (index < 0) {
            throw new IllegalArgumentException("the trial has no target '" + target + "': expected one of "
                    + String.join(", ", summary.targets()));
        }
        return index;
    }

    /**
     * Returns the hardest target that the baseline and another arm reach, else the hardest that the baseline reaches, else the easiest.
     *
     * @throws IllegalArgumentException if the trial has no targets
     */
    public static String hardestTarget(Summary summary) {
        if (summary.targets().isEmpty()) {
            throw new IllegalArgumentException("the trial has no targets: run it again with --target");
        }
        for (int least : new int[] {2, 1}) {
            for (int t = summary.targets().size() - 1; t >= 0; t--) {
                int target = t;
                List<String> reached = summary.arms().stream()
                        .filter(arm -> arm.reaches().get(target).rounds().median() != null)
                        .map(ArmSummary::name)
                        .toList();
                if (reached.size() >= least && reached.contains(summary.baseline())) {
                    return summary.targets().get(t);
                }
            }
        }
        return summary.targets().get(0);
    }

    /** Returns the trial. */
    public Summary summary() {
        return summary;
    }

    /** Returns the target, as the summary writes it. */
    public String target() {
        return summary.targets().get(target);
    }

    /** Returns what things cost. */
    public Prices prices() {
        return prices;
    }

    /** Returns what the trial stands for. */
    public Deployment deployment() {
        return deployment;
    }

    /** Returns the model's parameters: those asked for, else the trial's. */
    public double parameters() {
        return deployment.parameters() > 0
                ? deployment.parameters()
                : summary.problem().dimension();
    }

    /** Returns what an arm took to the target. */
    public ArmSummary.Reach reach(ArmSummary arm) {
        return arm.reaches().get(target);
    }

    /** Returns how many bytes a device sends in a training. */
    public double deviceBytesUp(ArmSummary arm) {
        return usage(arm, Bound.MEDIAN).bytesUp() / summary.problem().clients();
    }

    /** Returns how many bytes a device fetches in a training. */
    public double deviceBytesDown(ArmSummary arm) {
        return usage(arm, Bound.MEDIAN).bytesDown() / summary.problem().clients();
    }

    /** Returns what a year costs with an arm. */
    public YearlyCost cost(ArmSummary arm, Bound bound) {
        Usage usage = usage(arm, bound);
        double scale = deployment.trainings()
                * deployment.devices()
                / summary.problem().clients();
        return new YearlyCost(
                times(scale * usage.bytesUp() / GIGABYTE, prices.gigabyteUp()),
                times(scale * usage.bytesDown() / GIGABYTE, prices.gigabyteDown()),
                times(scale * usage.seconds() * deployment.slowdown() / SECONDS, prices.deviceHour()));
    }

    private Usage usage(ArmSummary arm, Bound bound) {
        double messages = participation * summary.problem().clients();
        return Usage.of(
                reach(arm), bound, messages, parameters() / summary.problem().dimension());
    }

    /** Nothing at no price, unless the target is never reached. */
    private static double times(double amount, double price) {
        return price == 0 && Double.isFinite(amount) ? 0 : Double.isInfinite(amount) ? amount : amount * price;
    }

    /** Returns a lever's present value. */
    public double value(Lever lever) {
        return switch (lever) {
            case DEVICES -> deployment.devices();
            case PARAMETERS -> parameters();
            case PRICE -> prices.gigabyteUp();
        };
    }

    /** Returns the same with a lever at another value, above 0. */
    public CostModel with(Lever lever, double value) {
        return switch (lever) {
            case DEVICES -> new CostModel(summary, participation, target, prices, deployment.withDevices(value));
            case PARAMETERS -> new CostModel(summary, participation, target, prices, deployment.withParameters(value));
            case PRICE ->
                new CostModel(
                        summary,
                        participation,
                        target,
                        prices.withTrafficTimes(value / prices.gigabyteUp()),
                        deployment);
        };
    }
}
