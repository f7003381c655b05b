package io.evenkeel.core.privacy;

/** Parses and checks the numbers of mechanisms. */
final class Ranges {

    /** The limits of bounds; within them every grid point is a normal float32. */
    static final double SMALLEST = 1e-30;

    static final double LARGEST = 1e30;

    private Ranges() {}

    static void require(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", expected a number from " + least + " to " + most);
        }
    }

    static double number(String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + text + "', expected a number such as 1.0", e);
        }
    }
}
