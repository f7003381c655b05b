package io.evenkeel.core.algorithm;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.Schedule;

/**
 * The default schedules of each momentum with normalized steps. None depends on the loss or the compressor.
 *
 * <ul>
 *   <li>Heavy ball: {@code eta = (K+1)^(-1/2)}, rate {@code K^(-1/4)} (arXiv 2410.16871, Theorem 2).
 *   <li>IGT: {@code eta = (k+1)^(-4/7)}, {@code gamma = (k+1)^(-5/7)}, rate near {@code K^(-2/7)} (arXiv 2511.14501).
 *   <li>STORM: {@code eta = gamma = (k+1)^(-2/3)}, rate near {@code K^(-1/3)} (arXiv 2511.14501).
 * </ul>
 */
final class MomentumSchedules {

    /**
     * The momentum for steps that do not shrink over the run. With this value IGT extrapolates by one step only.
     * Smaller values lengthen the extrapolation, which is unstable with long steps.
     */
    static final Schedule ADAPTIVE_ETA = new Schedule.Constant(0.5);

    /** The decay of EF14's memory in SparseLoCo, arXiv 2508.15706. */
    private static final double MEMORY_DECAY = 0.95;

    private static final double IGT_GAMMA = 5.0 / 7;
    private static final double IGT_ETA = 4.0 / 7;
    private static final double STORM = 2.0 / 3;

    private MomentumSchedules() {}

    static Schedule eta(FeedbackMethod method) {
        return switch (method) {
            case EF21_MOMENTUM -> new Schedule.Horizon(1, 0.5);
            case EF21_IGT -> new Schedule.Anytime(1, IGT_ETA);
            case EF21_STORM -> new Schedule.Anytime(1, STORM);
            case EF14_DECAY -> new Schedule.Constant(MEMORY_DECAY);
            case EF21, EF14, NONE -> new Schedule.Constant(1);
        };
    }

    /**
     * Returns the step sizes of a rule whose steps shrink over the run; {@code usual} is the rule's own
     * schedule.
     */
    static Schedule gamma(FeedbackMethod method, Schedule usual) {
        return switch (method) {
            case EF21_IGT -> new Schedule.Anytime(1, IGT_GAMMA);
            case EF21_STORM -> new Schedule.Anytime(1, STORM);
            case EF21, EF21_MOMENTUM, EF14, EF14_DECAY, NONE -> usual;
        };
    }
}
