package io.evenkeel.trial.cost;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Computes what a year of training to one target costs with each arm of a trial, for a fleet and a model of
 * any size.
 */
public final class CostModel {

    private static final double GIGABYTE = 1e9;
    private static final double SECONDS = 3600;

    private final Summary summary;
    private final double participation;
    private final Map<String, FleetDownlink> downlinks;
    private final int target;
    private final Prices prices;
    private final Deployment deployment;

    /**
     * @param participation share of the clients that send in a round of the trial
     * @param independent the arms whose downlink does not depend on the number of devices
     * @param target the target that training must reach, as written in the summary
     * @throws IllegalArgumentException if there is no such target
     */
    CostModel(
            Summary summary,
            double participation,
            Set<String> independent,
            String target,
            Prices prices,
            Deployment deployment) {
        this.summary = summary;
        this.participation = participation;
        this.target = index(summary, target);
        this.prices = prices;
        this.deployment = deployment;
        this.downlinks = summary.arms().stream()
                .collect(Collectors.toMap(ArmSummary::name, arm -> downlink(arm, independent.contains(arm.name()))));
    }

    private CostModel(CostModel other, Prices prices, Deployment deployment) {
        this.summary = other.summary;
        this.participation = other.participation;
        this.downlinks = other.downlinks;
        this.target = other.target;
        this.prices = prices;
        this.deployment = deployment;
    }

    /**
     * Creates the cost model of a trial. Real runs have no computing cost: their seconds count the time
     * during which rounds are open, most of which is waiting.
     *
     * @throws IllegalArgumentException if there is no such target
     */
    public static CostModel of(
            Experiment experiment, Summary summary, String target, Prices prices, Deployment deployment) {
        Prices counted = experiment.data().isCoordinator() ? prices.withoutComputing() : prices;
        Set<String> independent = experiment.arms().stream()
                .filter(arm -> arm.downlink() != null
                        || (!arm.rule().isRepeatable() && !FleetDownlink.isUncompressed(arm.compressorText())))
                .map(ArmSettings::name)
                .collect(Collectors.toSet());
        return new CostModel(summary, experiment.fleet().participation(), independent, target, counted, deployment);
    }

    private FleetDownlink downlink(ArmSummary arm, boolean independent) {
        if (!independent && FleetDownlink.isUncompressed(arm.compressor())) {
            return new FleetDownlink(FleetDownlink.Kind.MODEL, null, participation);
        }
        Double rounds = reach(arm).rounds().median();
        Double bytes = reach(arm).downlinkBytes().median();
        if (independent || rounds == null || bytes == null) {
            return new FleetDownlink(FleetDownlink.Kind.INDEPENDENT, null, participation);
        }
        int clients = summary.problem().clients();
        int dimension = summary.problem().dimension();
        double fetched = Usage.fetched(bytes / clients, participation * rounds, dimension);
        return FleetDownlink.updates(arm.compressor(), dimension, participation * clients, fetched, participation);
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
     * Returns the hardest target that the baseline and another arm reach, else the hardest one that the baseline
     * reaches, else the easiest.
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

    public Summary summary() {
        return summary;
    }

    /** Returns the target in the summary's form. */
    public String target() {
        return summary.targets().get(target);
    }

    public Prices prices() {
        return prices;
    }

    /** Returns the trial's deployment. */
    public Deployment deployment() {
        return deployment;
    }

    /** Returns the number of model parameters: the requested number, or else that of the trial. */
    public double parameters() {
        return deployment.parameters() > 0
                ? deployment.parameters()
                : summary.problem().dimension();
    }

    /** Returns the resources that an arm uses until it reaches the target. */
    public ArmSummary.Reach reach(ArmSummary arm) {
        return arm.reaches().get(target);
    }

    /** Returns the number of bytes that a device sends during one training run. */
    public double deviceBytesUp(ArmSummary arm) {
        return usage(arm, Bound.MEDIAN).bytesUp();
    }

    /** Returns the number of bytes that a device downloads during one training run. */
    public double deviceBytesDown(ArmSummary arm) {
        return usage(arm, Bound.MEDIAN).bytesDown();
    }

    /**
     * Returns the network's electricity consumption for a year of training with an arm, in both directions.
     */
    public double kilowattHours(ArmSummary arm) {
        double gigabytes =
                deployment.trainings() * deployment.devices() * (deviceBytesUp(arm) + deviceBytesDown(arm)) / GIGABYTE;
        return times(gigabytes, deployment.kilowattHoursPerGigabyte());
    }

    public YearlyCost cost(ArmSummary arm, Bound bound) {
        return cost(usage(arm, bound));
    }

    /** Returns whether an arm compresses the uplink or the downlink. */
    boolean isCompressed(ArmSummary arm) {
        return downlink(arm).kind() != FleetDownlink.Kind.MODEL;
    }

    /** Returns whether a device's downloads grow with the number of devices. A lossy downlink avoids that. */
    public boolean growsWithFleet(ArmSummary arm) {
        return downlink(arm).kind() == FleetDownlink.Kind.UPDATES;
    }

    /**
     * Returns the yearly cost of an arm with the lossy downlink top-k:0.1+natural, assuming the same number of rounds.
     */
    public YearlyCost costWithLossyDownlink(ArmSummary arm) {
        double each = downlink(arm).lossy();
        return cost(usage(arm, Bound.MEDIAN).withLossyDownlink(exchanges(arm, Bound.MEDIAN), parameters(), each));
    }

    private YearlyCost cost(Usage usage) {
        double trainings = deployment.trainings() * deployment.devices();
        return new YearlyCost(
                times(trainings * usage.bytesUp() / GIGABYTE, prices.gigabyteUp()),
                times(trainings * usage.bytesDown() / GIGABYTE, prices.gigabyteDown()),
                times(trainings * usage.seconds() * deployment.slowdown() / SECONDS, prices.deviceHour()));
    }

    private FleetDownlink downlink(ArmSummary arm) {
        return Objects.requireNonNull(downlinks.get(arm.name()), arm.name());
    }

    /** Returns the number of rounds in which a device takes part. */
    private double exchanges(ArmSummary arm, Bound bound) {
        return participation * bound.of(reach(arm).rounds());
    }

    private Usage usage(ArmSummary arm, Bound bound) {
        double clients = summary.problem().clients();
        ArmSummary.Reach reach = reach(arm);
        Usage device = new Usage(
                bound.of(reach.uplinkBytes()) / clients,
                bound.of(reach.downlinkBytes()) / clients,
                bound.of(reach.seconds()) / clients);
        FleetDownlink downlink = downlink(arm);
        double factor = downlink.factor(participation * clients, participation * deployment.devices());
        return device.stretched(exchanges(arm, bound), summary.problem().dimension(), parameters(), downlink, factor);
    }

    /**
     * Returns the cost of an amount. At a price of 0 it is 0, unless the amount is infinite because the
     * target is never reached.
     */
    private static double times(double amount, double price) {
        return price == 0 && Double.isFinite(amount) ? 0 : Double.isInfinite(amount) ? amount : amount * price;
    }

    /** Returns the current value of a lever. */
    public double value(Lever lever) {
        return switch (lever) {
            case DEVICES -> deployment.devices();
            case PARAMETERS -> parameters();
            case PRICE -> prices.gigabyteUp();
        };
    }

    /** Returns a copy with a lever set to another value, above 0. */
    public CostModel with(Lever lever, double value) {
        return switch (lever) {
            case DEVICES -> new CostModel(this, prices, deployment.withDevices(value));
            case PARAMETERS -> new CostModel(this, prices, deployment.withParameters(value));
            case PRICE -> new CostModel(this, prices.withTrafficTimes(value / prices.gigabyteUp()), deployment);
        };
    }
}
