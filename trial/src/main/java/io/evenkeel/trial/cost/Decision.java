package io.evenkeel.trial.cost;

import io.evenkeel.trial.result.ArmSummary;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Decides for each arm whether it pays, compared with what training costs today, without compression. */
public final class Decision {

    private static final String IDENTITY = "identity";

    private final CostModel model;
    private final ArmSummary today;

    public Decision(CostModel model) {
        this.model = model;
        this.today = today(model);
    }

    /** The cheapest uncompressed arm; without one the baseline. */
    private static ArmSummary today(CostModel model) {
        List<ArmSummary> arms = model.summary().arms();
        return arms.stream()
                .filter(arm -> !isCompressed(arm))
                .min(Comparator.comparingDouble(
                        arm -> model.cost(arm, Bound.MEDIAN).total()))
                .orElseGet(() -> arms.stream()
                        .filter(arm -> arm.name().equals(model.summary().baseline()))
                        .findFirst()
                        .orElseThrow());
    }

    private static boolean isCompressed(ArmSummary arm) {
        return !arm.compressor().startsWith(IDENTITY);
    }

    /** What an arm's figures come to, from good to bad. */
    public enum Kind {
        /** The saving earns the roll-out back in time. */
        PAYS,
        /** It does by the median, but not at the cautious end of its range. */
        PROBABLY_PAYS,
        /** It saves too little to earn the roll-out back in time. */
        DOES_NOT_PAY,
        /** It costs more than today's training. */
        COSTS_MORE,
        /** Today's training does not reach the target, but this arm does. */
        ONLY_THIS_REACHES,
        /** The arm does not reach the target. */
        NOT_REACHED
    }

    /**
     * The figures of an arm, a year; infinite for what is not reached, and NaN for a saving between two such.
     *
     * @param arm its name
     * @param kind what they come to
     * @param cost what it costs
     * @param saving against today
     * @param cautious the saving if the arm needs its upper and today's its lower bound over seeds; equals the saving without a range
     * @param hopeful the other way round
     */
    public record Verdict(String arm, Kind kind, YearlyCost cost, double saving, double cautious, double hopeful) {

        /** Tells whether the seeds give a range. */
        public boolean hasRange() {
            return cautious != hopeful;
        }
    }

    /** Returns the model behind. */
    public CostModel model() {
        return model;
    }

    /** Returns today's arm. */
    public ArmSummary today() {
        return today;
    }

    /** Tells whether today's arm is uncompressed; without such an arm the trial cannot say what compression saves. */
    public boolean isUncompressedToday() {
        return !isCompressed(today);
    }

    /** Returns the saving a year that earns the roll-out back in time. */
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
        return cautious >= required() && cautious > 0 ? Kind.PAYS : Kind.PROBABLY_PAYS;
    }

    private double saving(CostModel at, ArmSummary arm, Bound ofToday, Bound ofArm) {
        double before = at.cost(today, ofToday).total();
        double after = at.cost(arm, ofArm).total();
        return Double.isInfinite(before) && Double.isInfinite(after) ? Double.NaN : before - after;
    }

    /** Returns the saving with a lever at another value. */
    public double saving(ArmSummary arm, Lever lever, double value) {
        return saving(model.with(lever, value), arm, Bound.MEDIAN, Bound.MEDIAN);
    }

    /** Returns the value of a lever from which on an arm pays, all else as it is; empty if it never does. */
    public OptionalDouble threshold(ArmSummary arm, Lever lever) {
        double now = model.value(lever);
        if (!(now > 0)) {
            return OptionalDouble.empty();
        }
        double atNow = saving(arm, lever, now);
        double slope = (saving(arm, lever, 2 * now) - atNow) / now;
        double threshold = now + (required() - atNow) / slope;
        return slope > 0 && Double.isFinite(threshold)
                ? OptionalDouble.of(Math.max(0, threshold))
                : OptionalDouble.empty();
    }

    /** Returns the arms that could take the place of today's. */
    public List<ArmSummary> candidates() {
        return model.summary().arms().stream().filter(arm -> !arm.equals(today)).toList();
    }

    /** Returns the best arm: a compressed one if there is any. Null where the trial has only one arm. */
    public @Nullable Verdict best() {
        Comparator<Verdict> order =
                Comparator.comparing(Verdict::kind).thenComparing(v -> v.cost().total());
        Optional<Verdict> compressed = candidates().stream()
                .filter(Decision::isCompressed)
                .map(this::verdict)
                .min(order);
        return compressed
                .or(() -> candidates().stream().map(this::verdict).min(order))
                .orElse(null);
    }
}
