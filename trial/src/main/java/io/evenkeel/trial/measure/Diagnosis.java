package io.evenkeel.trial.measure;

import io.evenkeel.core.step.Schedule;
import io.evenkeel.trial.simulation.Arm;
import java.util.List;
import java.util.Locale;

/** Derives from trajectories why an arm was worse. */
final class Diagnosis {

    /** The share of rounds with a rising loss from which a run counts as circling; a converging run has hardly any. */
    private static final double CIRCLING = 0.2;

    private static final double ON_ITS_WAY = 0.05;

    /** The last tenth of fewer points does not show whether losses rise. */
    private static final int MIN_POINTS = 20;

    private Diagnosis() {}

    static String of(Arm arm, List<RunFigures> runs) {
        for (RunFigures run : runs) {
            if (run.diverged()) {
                return String.format(
                        Locale.ROOT,
                        "That is because it diverged in round %d with seed %d (%s): its step size %s is too large for this loss.",
                        run.run().outcome().round(),
                        run.run().seed(),
                        run.run().outcome().reason(),
                        arm.gamma());
            }
        }
        List<RunFigures> observed = runs.stream()
                .filter(run -> run.run().points().size() > MIN_POINTS)
                .toList();
        if (observed.isEmpty()) {
            return "Why cannot be said: of no run more than " + MIN_POINTS + " rounds were recorded.";
        }
        double rises = Spreads.median(observed.stream()
                .mapToDouble(run -> run.shareOfRises(run.lastTenth()))
                .toArray());
        double norm = Spreads.median(
                observed.stream().mapToDouble(RunFigures::lastTenthGradNorm).toArray());
        if (Double.isNaN(norm)) {
            return unmeasured(rises);
        }
        return switch (arm.algorithm().step().length()) {
            case FACTOR, FACTOR_IN_EACH_TENSOR -> fixedLength(arm, rises, norm, observed);
            case SHRINKING ->
                rises < ON_ITS_WAY
                        ? "That is because its steps shrank as directions added up, and it was still on its way when the rounds were"
                                + " over: a larger gamma makes them longer."
                        : observation(rises, norm);
            case DIRECTION, ADAPTED, OTHER ->
                rises < ON_ITS_WAY
                        ? String.format(
                                Locale.ROOT,
                                "That is because its step size %s is small for this loss: the loss fell in nearly every round, but by"
                                        + " little. Try multiples of it, such as gamma=theory*4.",
                                shown(arm.algorithm().gamma()))
                        : observation(rises, norm);
        };
    }

    /** For real devices the gradient's norm is unknown. */
    private static String unmeasured(double rises) {
        return rises < ON_ITS_WAY
                ? "Its loss was still falling when the rounds were over: a larger gamma or more rounds get further."
                : String.format(
                        Locale.ROOT,
                        "Its loss rose in %.0f%% of the last tenth of the rounds: there more rounds help little, and a smaller"
                                + " gamma may.",
                        100 * rises);
    }

    private static String fixedLength(Arm arm, double rises, double norm, List<RunFigures> runs) {
        double gamma = Spreads.median(
                runs.stream().mapToDouble(Diagnosis::lastStepSize).toArray());
        boolean constant = !(arm.algorithm().gamma() instanceof Schedule.Anytime);
        if (rises >= CIRCLING) {
            return String.format(
                    Locale.ROOT,
                    "That is because its steps keep the length gamma = %.3g however small the gradient is: in the last tenth it circled at"
                            + " ||grad f|| = %.2g, the loss rising in %.0f%% of the rounds. %s",
                    gamma,
                    norm,
                    100 * rises,
                    constant
                            ? "A smaller gamma0, an anytime schedule, or the step accumulated-norm gets further."
                            : "A smaller gamma0 or the step accumulated-norm gets further.");
        }
        if (rises < ON_ITS_WAY) {
            return String.format(
                    Locale.ROOT,
                    "That is because its steps of length gamma = %.3g were too short for the way: ||grad f|| was %.2g and falling when"
                            + " the rounds were over. A larger gamma0 or more rounds get further.",
                    gamma,
                    norm);
        }
        return observation(rises, norm);
    }

    private static String observation(double rises, double norm) {
        return String.format(
                Locale.ROOT,
                "The trajectory shows no single reason: in the last tenth ||grad f|| was %.2g and the loss rose in %.0f%% of the rounds.",
                norm,
                100 * rises);
    }

    private static String shown(Schedule gamma) {
        return gamma instanceof Schedule.Constant constant
                ? String.format(Locale.ROOT, "gamma = %.4g", constant.largest())
                : gamma.toString();
    }

    private static double lastStepSize(RunFigures run) {
        // The last point is the final model, from which no step is taken.
        return run.run().points().get(run.run().points().size() - 2).stepSize();
    }
}
