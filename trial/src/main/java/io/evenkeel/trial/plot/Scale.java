package io.evenkeel.trial.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * Maps values to positions along an axis.
 *
 * @param low the value at its start
 * @param high the value at its end, above low
 * @param logarithmic true for a logarithmic axis, whose ends must be above 0
 */
record Scale(double low, double high, boolean logarithmic) {

    private static final double MARGIN = 0.04;

    /**
     * A tick of an axis.
     *
     * @param labelled whether it has a label, or is only a short stroke
     */
    record Tick(double value, boolean labelled) {}

    /** Returns a linear scale over values, with a margin on either side, except for an end at 0. */
    static Scale linear(double least, double most) {
        double room = most > least ? MARGIN * (most - least) : Math.max(1e-12, 0.1 * Math.abs(most));
        return new Scale(least == 0 ? 0 : least - room, most == 0 && least < 0 ? 0 : most + room, false);
    }

    /** Returns a logarithmic scale over values above 0, with a margin on either side. */
    static Scale logarithmic(double least, double most) {
        double room = StrictMath.pow(Math.max(1.5, most / least), MARGIN);
        return new Scale(least / room, most * room, true);
    }

    /** Returns a position: 0 at the start and 1 at the end; values outside the range give positions outside [0, 1]. */
    double position(double value) {
        return logarithmic ? StrictMath.log(value / low) / StrictMath.log(high / low) : (value - low) / (high - low);
    }

    /** Returns round values along the axis, ascending, with at most about {@code most} labels. */
    List<Tick> ticks(int most) {
        if (!logarithmic) {
            return linearTicks(low, high, most);
        }
        double decades = StrictMath.log10(high / low);
        return decades < 0.6 ? linearTicks(low, high, most) : decadeTicks(decades, most);
    }

    /** Returns ticks at the finest steps of 1, 2 or 5 times a power of ten that need at most {@code most} labels. */
    private static List<Tick> linearTicks(double low, double high, int most) {
        int power = (int) Math.floor(StrictMath.log10((high - low) / most));
        for (int times : new int[] {1, 2, 5}) {
            List<Tick> ticks = multiples(times, power, low, high);
            if (ticks.size() <= most) {
                return ticks;
            }
        }
        return multiples(1, power + 1, low, high);
    }

    private static List<Tick> multiples(int times, int power, double low, double high) {
        double step = times * Double.parseDouble("1e" + power);
        List<Tick> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
            // Computes a product of integers and one power of ten, so that 0.3 is exactly 0.3.
            double value = power < 0 ? i * times / Double.parseDouble("1e" + -power) : i * step;
            ticks.add(new Tick(value, true));
        }
        return ticks;
    }

    private List<Tick> decadeTicks(double decades, int most) {
        int every = Math.max(1, (int) Math.ceil(decades / most));
        boolean fine = decades < 1.8;
        List<Tick> ticks = new ArrayList<>();
        int first = (int) Math.floor(StrictMath.log10(low));
        int last = (int) Math.ceil(StrictMath.log10(high));
        for (int e = first; e <= last; e++) {
            for (int digit = 1; digit <= 9; digit++) {
                double value = Double.parseDouble(digit + "e" + e);
                boolean labelled = digit == 1 ? Math.floorMod(e, every) == 0 : fine && (digit == 2 || digit == 5);
                boolean shown = digit == 1 || every == 1;
                if (shown && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) {
                    ticks.add(new Tick(value, labelled));
                }
            }
        }
        return ticks;
    }
}
