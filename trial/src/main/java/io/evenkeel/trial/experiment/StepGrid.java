package io.evenkeel.trial.experiment;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.step.Schedule;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * The step sizes that a search tries for {@code tuned}: multiples of the theoretical step, which is close to the
 * largest stable one without compression and far below it with compression; numbers up to 1 if there is no theory for
 * the loss; multiples of the step rule's own schedule otherwise.
 */
final class StepGrid {

    private static final int DIGITS = 4;
    private static final double WHOLE = 100;
    private static final int COUNT = 5;
    private static final int COUNT_WITH_THEORY = 7;
    private static final double UNCOMPRESSED_TOP = 64;
    private static final double COMPRESSED_BOTTOM = 16;
    private static final double COMPRESSED_TOP = 65536;
    private static final double SPAN = 10;
    private static final double TOP_WITHOUT_THEORY = 1;
    private static final double MIN_WITHOUT_THEORY = 0.01;

    private StepGrid() {}

    /**
     * Lists the candidates in ascending order.
     *
     * @param rough whether the loss has no smoothness constant to derive a step size from
     */
    static StepSize.BestOf of(ArmSettings arm, StepSize.Tuned tuned, boolean rough) {
        Schedule usual = arm.preset().defaultGamma(arm.rule());
        boolean theory = usual == null && !rough;
        boolean compressed = !arm.preset().uncompressed()
                && (arm.compressor() == null
                        || !(CompressorSpec.parse(arm.compressor()).selection() instanceof Selection.Identity));
        int count = tuned.candidates() > 0 ? tuned.candidates() : theory ? COUNT_WITH_THEORY : COUNT;
        if (usual != null) {
            return multiples(new StepSize.Given(usual), 1 / SPAN, SPAN, count);
        }
        if (rough) {
            StepSize one = new StepSize.Given(new Schedule.Constant(1));
            return multiples(one, MIN_WITHOUT_THEORY, TOP_WITHOUT_THEORY, count);
        }
        return compressed
                ? multiples(new StepSize.OfTheory(1), COMPRESSED_BOTTOM, COMPRESSED_TOP, count)
                : multiples(new StepSize.OfTheory(1), 1, UNCOMPRESSED_TOP, count);
    }

    private static StepSize.BestOf multiples(StepSize unit, double from, double to, int count) {
        List<StepSize> sizes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double factor = from * StrictMath.pow(to / from, (double) i / (count - 1));
            sizes.add(unit.times(rounded(factor)));
        }
        return new StepSize.BestOf(sizes);
    }

    /** Rounds for readability: four digits, and whole numbers from 100 on. */
    private static double rounded(double factor) {
        if (factor >= WHOLE) {
            return Math.rint(factor);
        }
        return new BigDecimal(factor).round(new MathContext(DIGITS)).doubleValue();
    }
}
