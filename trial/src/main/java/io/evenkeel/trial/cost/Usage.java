package io.evenkeel.trial.cost;

import io.evenkeel.trial.result.Summary;

/**
 * What a training to a target takes of the whole fleet of the trial.
 *
 * @param gigabytesUp in 10^9 bytes
 * @param gigabytesDown in 10^9 bytes
 * @param deviceHours of computing, all devices together
 */
public record Usage(double gigabytesUp, double gigabytesDown, double deviceHours) {

    private static final double GIGABYTE = 1e9;
    private static final double SECONDS = 3600;

    /** Which value of a figure over seeds to take. */
    public enum Bound {
        /** The lower end of its interval. */
        LOW,
        /** The median. */
        MEDIAN,
        /** The upper end of its interval. */
        HIGH
    }

    /**
     * Reads what an arm took to reach a target; infinite where it did not. A trial's seconds are of all clients together, as they
     * took turns.
     *
     * @param slowdown how many times slower a device is than the machine of the trial
     */
    public static Usage of(Summary.Reach reach, Bound bound, double slowdown) {
        return new Usage(
                figure(reach.uplinkBytes(), bound) / GIGABYTE,
                figure(reach.downlinkBytes(), bound) / GIGABYTE,
                figure(reach.seconds(), bound) * slowdown / SECONDS);
    }

    private static double figure(Summary.Spread spread, Bound bound) {
        Double median = spread.median();
        Double end = bound == Bound.LOW ? spread.low() : bound == Bound.HIGH ? spread.high() : median;
        if (median == null) {
            return Double.POSITIVE_INFINITY;
        }
        boolean open = bound == Bound.HIGH && spread.low() != null && spread.high() == null;
        return end != null ? end : open ? Double.POSITIVE_INFINITY : median;
    }

    /** What it costs. */
    public double at(Prices prices) {
        return times(gigabytesUp, prices.gigabyteUp())
                + times(gigabytesDown, prices.gigabyteDown())
                + times(deviceHours, prices.deviceHour());
    }

    /** Nothing at no price, even if without end. */
    private static double times(double amount, double price) {
        return price == 0 ? 0 : amount * price;
    }
}
