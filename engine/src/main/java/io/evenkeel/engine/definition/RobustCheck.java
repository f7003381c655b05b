package io.evenkeel.engine.definition;

import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.engine.definition.RunDefinition.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Checks the part of a definition that bounds a device's contribution to the sum. Collects the errors. Not
 * thread-safe.
 */
final class RobustCheck {

    private static final String FIELD = "robust";
    private static final double LARGEST_WEIGHT = 1;
    private static final String TRIMMED = "trim:";

    private final RunDefinition asked;
    private final FieldErrors errors;

    RobustCheck(RunDefinition asked, FieldErrors errors) {
        this.asked = asked;
        this.errors = errors;
    }

    /**
     * Returns the requested weights. With a bound the maximum is 1 by default: a bounded vector times 1e12
     * would not be bounded.
     */
    @Nullable
    Weights weights() {
        Weights given = asked.weights();
        if (asked.robust() == null || (given != null && given.max() != null)) {
            return given;
        }
        return new Weights(given == null ? null : given.min(), LARGEST_WEIGHT);
    }

    /** Returns the bound; null if there is none or it is invalid. */
    @Nullable
    NormClipping clipping() {
        String text = asked.robust();
        if (text == null) {
            return null;
        }
        if (text.startsWith(TRIMMED)) {
            errors.require(
                    false,
                    FIELD,
                    () -> "is '" + text
                            + "', which only trials support, because it needs all devices' vectors in memory at once:"
                            + " expected clip:FACTOR such as clip:2");
            return null;
        }
        errors.require(
                asked.privacy() == null,
                FIELD,
                () -> "is '" + text
                        + "', but with privacy the noise makes all vectors about equally long, whatever they contain:"
                        + " leave one of the two out");
        errors.require(
                asked.secureAggregation() == null,
                FIELD,
                () -> "is '" + text
                        + "', but with secureAggregation a device's vector is not known: leave one of the two out");
        return errors.parse(FIELD, () -> NormClipping.parse(text));
    }
}
