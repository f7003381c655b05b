package io.evenkeel.core.privacy;

import java.util.function.DoubleUnaryOperator;

/** Integrates by Simpson's rule. */
final class Simpson {

    private Simpson() {}

    /** Returns the integral over [from, to] with an even number of intervals. */
    static double integrate(DoubleUnaryOperator function, double from, double to, int intervals) {
        double width = (to - from) / intervals;
        double sum = function.applyAsDouble(from) + function.applyAsDouble(to);
        for (int i = 1; i < intervals; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * function.applyAsDouble(from + i * width);
        }
        return sum * width / 3;
    }
}
