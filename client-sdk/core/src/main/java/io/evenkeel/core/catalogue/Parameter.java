package io.evenkeel.core.catalogue;

import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a method.
 *
 * @param name its name in messages and documents
 * @param expected a description of the expected value
 * @param usual the default as text; null if it is required
 * @param range the valid numbers; ignored if the parameter is not a number
 */
public record Parameter(
        String name, String expected, @Nullable String usual, DoublePredicate range) {

    /** Returns a parameter that the method itself checks. */
    public static Parameter text(String name, String expected, @Nullable String usual) {
        return new Parameter(name, expected, usual, value -> true);
    }

    /** Returns a parameter that takes a finite number above 0. */
    public static Parameter positive(String name, double usual) {
        return new Parameter(
                name,
                "a finite number above 0",
                Double.toString(usual),
                value -> value > 0 && value < Double.POSITIVE_INFINITY);
    }

    /** Returns a parameter that takes a decay rate. */
    public static Parameter decay(String name, double usual) {
        return new Parameter(name, "at least 0 and below 1", Double.toString(usual), value -> value >= 0 && value < 1);
    }

    /** Returns a parameter that takes an integer. */
    public static Parameter whole(String name, int usual, int least, int most) {
        return new Parameter(
                name,
                "an integer from " + least + " to " + most,
                Integer.toString(usual),
                value -> value >= least && value <= most && value == Math.rint(value));
    }

    /**
     * Checks a value.
     *
     * @param of the owner of the parameter, for the error message
     * @throws IllegalArgumentException if the value is out of range
     */
    public void require(String of, double value) {
        if (!range.test(value)) {
            throw new IllegalArgumentException(name + " of " + of + " is " + value + ", expected " + expected);
        }
    }
}
