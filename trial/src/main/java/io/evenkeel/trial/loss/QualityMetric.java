package io.evenkeel.trial.loss;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A metric on held-out samples.
 *
 * @param name its display name, such as {@code accuracy}
 * @param higherIsBetter whether larger figures are better
 */
public record QualityMetric(String name, boolean higherIsBetter) {

    /** The share of correctly classified samples. */
    public static final QualityMetric ACCURACY = new QualityMetric("accuracy", true);

    /** The mean over classes of the share of a class's samples that are classified correctly. */
    public static final QualityMetric BALANCED_ACCURACY = new QualityMetric("balanced accuracy", true);

    /** The probability that a sample of the larger of two labels has a larger output than one of the other. */
    public static final QualityMetric AUC = new QualityMetric("AUC", true);

    /** The harmonic mean of precision and recall: of the larger of two labels, or the mean over more classes. */
    public static final QualityMetric F1 = new QualityMetric("F1", true);

    /** The share of the labels' variance that a regression explains. */
    public static final QualityMetric R2 = new QualityMetric("R²", true);

    private static final Map<String, QualityMetric> OF_CLASSES =
            new TreeMap<>(Map.of("accuracy", ACCURACY, "balanced-accuracy", BALANCED_ACCURACY, "auc", AUC, "f1", F1));

    private static final Set<String> SHARES = Set.of("accuracy", "balanced accuracy");
    private static final Set<String> OF_UNIT_SCALE = Set.of("accuracy", "balanced accuracy", "auc", "f1", "r²", "r2");

    /** Returns the classification metrics by their names in settings. */
    public static Map<String, QualityMetric> ofClasses() {
        return OF_CLASSES;
    }

    /** Returns whether the figures of a metric are shares, written in percent. */
    public static boolean isShare(String name) {
        return SHARES.contains(name);
    }

    /** Returns whether the figures of a metric are at most 1, so that a margin in hundredths makes sense. */
    public static boolean hasUnitScale(String name) {
        return OF_UNIT_SCALE.contains(name.toLowerCase(Locale.ROOT));
    }
}
