package io.evenkeel.trial.loss;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Formats labels for messages. */
final class Labels {

    private static final int SHOWN = 5;

    private Labels() {}

    /** Lists the first few labels. */
    static String sample(double[] labels) {
        return Arrays.stream(labels).limit(SHOWN).mapToObj(Labels::text).collect(Collectors.joining(", "))
                + (labels.length > SHOWN ? ", ..." : "");
    }

    private static String text(double label) {
        return label == Math.rint(label) && Math.abs(label) < 1e15
                ? Long.toString((long) label)
                : Double.toString(label);
    }
}
