package io.evenkeel.trial.cost;

import io.evenkeel.trial.result.ArmSummary;

/** Selects one value from a figure's spread over seeds. */
public enum Bound {
    /** Selects the lower end of the interval. */
    LOW,
    MEDIAN,
    /** Selects the upper end of the interval. */
    HIGH;

    /** Returns the value: infinite if the figure was not reached, the median if there is no interval. */
    double of(ArmSummary.Spread spread) {
        Double median = spread.median();
        if (median == null) {
            return Double.POSITIVE_INFINITY;
        }
        Double low = spread.low();
        Double high = spread.high();
        if (this == MEDIAN || low == null) {
            return median;
        }
        return this == LOW ? low : high == null ? Double.POSITIVE_INFINITY : high;
    }
}
