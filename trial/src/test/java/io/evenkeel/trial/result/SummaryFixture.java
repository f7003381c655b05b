package io.evenkeel.trial.result;

import io.evenkeel.trial.experiment.ThresholdSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Constructed summaries for tests of reports and costs. */
public final class SummaryFixture {

    private static final ArmSummary.Spread NONE = new ArmSummary.Spread(null, null, null, 0);

    private static final Summary.Verdict NO_VERDICT =
            new Summary.Verdict(null, "unmeasured", null, null, null, List.of());

    private SummaryFixture() {}

    /** Returns a complete trial with one seed, whose first arm is the baseline. */
    public static Summary summary(int clients, int dimension, List<String> targets, List<ArmSummary> arms) {
        Summary.Problem problem = new Summary.Problem(
                "made up", dimension, clients, 100, 50, List.of(1L), 1.0, 1.0, null, true, null, null);
        return new Summary(
                Summary.VERSION,
                true,
                problem,
                arms.get(0).name(),
                targets,
                List.of(),
                ThresholdSettings.USUAL,
                arms,
                List.of(),
                NO_VERDICT,
                null);
    }

    /**
     * Returns an arm with the rounds and the bytes sent until its only target, without downloads or computing
     * time.
     */
    public static ArmSummary arm(
            String name, String compressor, String target, @Nullable Double rounds, @Nullable Double bytesUp) {
        return arm(name, compressor, target, rounds, bytesUp, rounds == null ? null : 0.0);
    }

    /** Returns an arm with the rounds and the bytes sent and downloaded until its only target. */
    public static ArmSummary arm(
            String name,
            String compressor,
            String target,
            @Nullable Double rounds,
            @Nullable Double bytesUp,
            @Nullable Double bytesDown) {
        return arm(name, compressor, target, rounds, bytesUp, bytesDown, 3);
    }

    /** Returns an arm with too few seeds for a range. */
    public static ArmSummary armOfOneSeed(
            String name, String compressor, String target, double rounds, double bytesUp) {
        return arm(name, compressor, target, rounds, bytesUp, 0.0, 1);
    }

    private static ArmSummary arm(
            String name,
            String compressor,
            String target,
            @Nullable Double rounds,
            @Nullable Double bytesUp,
            @Nullable Double bytesDown,
            int seeds) {
        boolean reached = rounds != null;
        ArmSummary.Reach reach = new ArmSummary.Reach(
                target,
                null,
                reached ? seeds : 0,
                seeds,
                spread(rounds, seeds),
                spread(bytesUp, seeds),
                spread(bytesDown, seeds),
                spread(reached ? 0.0 : null, seeds));
        return new ArmSummary(
                name,
                "ef21",
                "ef21",
                "plain",
                "constant:1.0",
                "constant:1.0",
                compressor,
                null,
                null,
                null,
                List.of(reach),
                new ArmSummary.Stability(null, null, null, null, 0),
                NONE,
                new ArmSummary.Quality(NONE, NONE, NONE, NONE),
                List.of());
    }

    /** All seeds agree. */
    private static ArmSummary.Spread spread(@Nullable Double value, int seeds) {
        return value == null
                ? NONE
                : new ArmSummary.Spread(value, seeds < 3 ? null : value, seeds < 3 ? null : value, seeds);
    }
}
