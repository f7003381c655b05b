package io.evenkeel.trial.experiment;

import java.util.List;

/** Checks settings; errors name the field, its value and what is expected. */
final class Check {

    private Check() {}

    static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    static void oneOf(String field, String value, List<String> allowed) {
        that(allowed.contains(value), field + " is '" + value + "', expected one of " + String.join(", ", allowed));
    }

    /** Checks that a value is at least {@code least} and below {@code bound}. */
    static void range(String field, double value, double least, double bound) {
        that(value >= least && value < bound, field + " is " + value + ", expected " + least + " to below " + bound);
    }

    static void atLeast(String field, double value, double least) {
        that(
                value >= least && value < Double.POSITIVE_INFINITY,
                field + " is " + value + ", expected a finite number of at least " + least);
    }
}
