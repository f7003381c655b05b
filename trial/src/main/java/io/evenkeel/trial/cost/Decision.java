package io.evenkeel.trial.cost;

import io.evenkeel.trial.result.ArmSummary;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides for each arm whether it pays, compared with today's training without compression. */
public final class Decision {

    private static final int SCAN_STEPS = 140;
    private static final double SCAN_REACH = 1e5;
    private static final int HALVINGS = 200;

    private final CostModel model;
    private final ArmSummary today;

    public Decision(CostModel model) {
        this.model = model;
        this.today = today(model);
    }

    /** The cheapest uncompressed arm; if there is none, the baseline. */
    private static ArmSummary today(CostModel model) {
        List<ArmSummary> arms = model.summary().arms();
        return arms.stream()
                .filter(arm -> !model.isCompressed(arm))
                .min(Comparator.comparingDouble(
                        arm -> model.cost(arm, Bound.MEDIAN).total()))
                .orElseGet(() -> arms.stream()
                        .filter(arm -> arm.name().equals(model.summary().baseline()))
                        .findFirst()
                        .orElseThrow());
    }

    /** The verdict on an arm, from best to worst. */
    public enum Kind {
        /** The saving recoups the cost of the roll-out in time. */
        PAYS,
        /**
         * The median saving recoups that cost in time, but the lower end of its range does not, or there are
         * too few seeds for a range.
         */
        PROBABLY_PAYS,
        /** The arm saves too little to recoup the cost of the roll-out in time. */
        DOES_NOT_PAY,
        /** The arm costs more than today's training. */
        COSTS_MORE,
        /** Today's training does not reach the target, but this arm does. */
        ONLY_THIS_REACHES,
        NOT_REACHED
    }

    /**
     * The yearly figures of an arm; a cost is infinite if the target is not reached, and the difference of two infinite
     * costs is NaN.
     *
     * @param arm its name
     * @param kind the verdict
     * @param cost the cost
     * @param saving the saving against today's training
     * @param cautious the saving with the arm's upper and today's lower bound over seeds; equals the
     *     saving without a range
     * @param hopeful the saving with the opposite bounds
     */
    public record Verdict(String arm, Kind kind, YearlyCost cost, double saving, double cautious, double hopeful) {

        /** Returns whether the seeds give a range. */
        public boolean hasRange() {
            return cautious != hopeful;
        }
    }

    public CostModel model() {
        return model;
    }

    public ArmSummary today() {
        return today;
    }

    /**
     * Returns whether today's arm is uncompressed; without such an arm the trial cannot tell how much compression
     * saves.
     */
    public boolean isUncompressedToday() {
        return !model.isCompressed(today);
    }

    /** Returns the yearly saving that recoups the cost of the roll-out in time. */
    public double required() {
        return model.prices().rollOut() / model.deployment().paybackYears();
    }

    /** Returns an arm's figures. */
    public Verdict verdict(ArmSummary arm) {
        double saving = saving(model, arm, Bound.MEDIAN, Bound.MEDIAN);
        double cautious = saving(model, arm, Bound.LOW, Bound.HIGH);
        double hopeful = saving(model, arm, Bound.HIGH, Bound.LOW);
        return new Verdict(
                arm.name(), kind(arm, saving, cautious), model.cost(arm, Bound.MEDIAN), saving, cautious, hopeful);
    }

    private Kind kind(ArmSummary arm, double saving, double cautious) {
        if (model.reach(arm).rounds().median() == null) {
            return Kind.NOT_REACHED;
        }
        if (model.reach(today).rounds().median() == null) {
            return Kind.ONLY_THIS_REACHES;
        }
        if (!(saving > 0)) {
            return Kind.COSTS_MORE;
        }
        if (saving < required()) {
            return Kind.DOES_NOT_PAY;
        }
        return hasRange(arm) && hasRange(today) && cautious >= required() && cautious > 0
                ? Kind.PAYS
                : Kind.PROBABLY_PAYS;
    }

    /** Returns whether there are enough seeds for a range; its width may be zero. */
    private boolean hasRange(ArmSummary arm) {
        return model.reach(arm).rounds().low() != null;
    }

    private double saving(CostModel at, ArmSummary arm, Bound ofToday, Bound ofArm) {
        double before = at.cost(today, ofToday).total();
        double after = at.cost(arm, ofArm).total();
        return Double.isInfinite(before) && Double.isInfinite(after) ? Double.NaN : before - after;
    }

    public double saving(ArmSummary arm, Lever lever, double value) {
        return saving(model.with(lever, value), arm, Bound.MEDIAN, Bound.MEDIAN);
    }

    /**
     * The range of a lever's values for which an arm pays.
     *
     * @param from the smallest value
     * @param to the largest, infinite if there is no limit; updates grow with the fleet, so an arm may pay in small
     *     fleets only
     */
    public record Range(double from, double to) {

        public boolean isBounded() {
            return Double.isFinite(to);
        }
    }

    /** Returns the values of a lever for which an arm pays, with everything else unchanged; empty if it never does. */
    public Optional<Range> paying(ArmSummary arm, Lever lever) {
        double now = model.value(lever);
        if (!(now > 0) || !Double.isFinite(saving(arm, lever, now))) {
            return Optional.empty();
        }
        if (lever == Lever.DEVICES) {
            return payingFleets(arm, now);
        }
        double atNow = saving(arm, lever, now);
        double slope = (saving(arm, lever, 2 * now) - atNow) / now;
        double from = now + (required() - atNow) / slope;
        return slope > 0 && Double.isFinite(from)
                ? Optional.of(new Range(Math.max(0, from), Double.POSITIVE_INFINITY))
                : Optional.empty();
    }

    /**
     * Scans fleet sizes from one device upwards: the saving is not proportional to the size if updates grow with the
     * fleet.
     */
    private Optional<Range> payingFleets(ArmSummary arm, double now) {
        double most = SCAN_REACH * Math.max(1, now);
        double from = Double.NaN;
        double before = 1;
        for (int i = 0; i <= SCAN_STEPS; i++) {
            double devices = StrictMath.pow(most, (double) i / SCAN_STEPS);
            boolean pays = isPaying(arm, devices);
            if (pays && Double.isNaN(from)) {
                from = i == 0 ? 1 : edge(arm, devices, before);
            } else if (!pays && !Double.isNaN(from)) {
                return Optional.of(new Range(from, edge(arm, before, devices)));
            }
            before = devices;
        }
        return Double.isNaN(from) ? Optional.empty() : Optional.of(new Range(from, Double.POSITIVE_INFINITY));
    }

    private boolean isPaying(ArmSummary arm, double devices) {
        double saving = saving(arm, Lever.DEVICES, devices);
        return saving > 0 && saving >= required();
    }

    /** Bisects between a size for which an arm pays and one for which it does not. */
    private double edge(ArmSummary arm, double paying, double not) {
        for (int i = 0; i < HALVINGS && paying != not; i++) {
            double middle = (paying + not) / 2;
            if (middle == paying || middle == not) {
                break;
            }
            if (isPaying(arm, middle)) {
                paying = middle;
            } else {
                not = middle;
            }
        }
        return paying;
    }

    /** Returns the arms that could replace today's. */
    public List<ArmSummary> candidates() {
        return model.summary().arms().stream().filter(arm -> !arm.equals(today)).toList();
    }

    /** Returns the best arm: a compressed one if there is any. Null if the trial has only one arm. */
    public @Nullable Verdict best() {
        Comparator<Verdict> order =
                Comparator.comparing(Verdict::kind).thenComparing(v -> v.cost().total());
        Optional<Verdict> compressed = candidates().stream()
                .filter(model::isCompressed)
                .map(this::verdict)
                .min(order);
        return compressed
                .or(() -> candidates().stream().map(this::verdict).min(order))
                .orElse(null);
    }
}
