package io.evenkeel.trial.measure;

import io.evenkeel.core.step.Schedule;
import io.evenkeel.trial.simulation.Arm;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.util.List;
import java.util.Locale;

/** Derives the reason why an arm was worse from its trajectories. */
final class Diagnosis {

    /**
     * A run counts as circling if the loss rises in at least this share of its rounds; in a converging run it hardly
     * ever rises.
     */
    private static final double CIRCLING = 0.2;

    private static final double ON_ITS_WAY = 0.05;

    /** With fewer points, the last tenth does not show whether losses rise. */
    private static final int MIN_POINTS = 20;

    private Diagnosis() {}

    /** Returns a sentence of the English catalogue, with {@code ||grad f||} for the norm as in the Python trial. */
    static String of(Arm arm, List<RunFigures> runs) {
        for (RunFigures run : runs) {
            if (run.diverged()) {
                return text(
                        "diverged",
                        Integer.toString(run.run().outcome().round()),
                        Long.toString(run.run().seed()),
                        run.run().outcome().reason(),
                        arm.gamma());
            }
        }
        List<RunFigures> observed = runs.stream()
                .filter(run -> run.run().points().size() > MIN_POINTS)
                .toList();
        if (observed.isEmpty()) {
            return text("too-few", Integer.toString(MIN_POINTS));
        }
        double rises = Spreads.median(observed.stream()
                .mapToDouble(run -> run.shareOfRises(run.lastTenth()))
                .toArray());
        double norm = Spreads.median(
                observed.stream().mapToDouble(RunFigures::lastTenthGradNorm).toArray());
        boolean isOnItsWay = rises < ON_ITS_WAY;
        String percent = format("%.0f", 100 * rises);
        if (Double.isNaN(norm)) {
            // For real devices the gradient's norm is unknown.
            return isOnItsWay ? text("live.falling") : text("live.rising", percent);
        }
        String shownNorm = format("%.2g", norm);
        return switch (arm.algorithm().step().length()) {
            case FACTOR, FACTOR_IN_EACH_TENSOR -> {
                String gamma = format(
                        "%.3g",
                        Spreads.median(observed.stream()
                                .mapToDouble(Diagnosis::lastStepSize)
                                .toArray()));
                boolean isConstant = !(arm.algorithm().gamma() instanceof Schedule.Anytime);
                yield rises >= CIRCLING
                        ? text(isConstant ? "circling.constant" : "circling", gamma, shownNorm, percent)
                        : isOnItsWay ? text("short", gamma, shownNorm) : text("mixed", shownNorm, percent);
            }
            case SHRINKING -> isOnItsWay ? text("shrunk") : text("mixed", shownNorm, percent);
            case DIRECTION, ADAPTED, OTHER ->
                isOnItsWay ? text("small", shown(arm.algorithm().gamma())) : text("mixed", shownNorm, percent);
        };
    }

    private static String text(String key, Object... values) {
        return Texts.in(Language.ENGLISH).get("diagnosis." + key, values).replace("‖∇f‖", "||grad f||");
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }

    private static String shown(Schedule gamma) {
        return gamma instanceof Schedule.Constant constant
                ? format("gamma = %.4g", constant.largest())
                : gamma.toString();
    }

    private static double lastStepSize(RunFigures run) {
        // The last point is the final model, from which no step is taken.
        return run.run().points().get(run.run().points().size() - 2).stepSize();
    }
}
