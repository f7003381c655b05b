package io.evenkeel.coordinator.experiment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.coordinator.run.RunDefinition;
import java.util.Locale;

/** How an experiment's devices are assigned to its arms. */
enum Assignment {
    /** Each device takes part in one arm: the arms have disjoint random parts of equal size. */
    SPLIT {
        @Override
        RunDefinition.Part part(String seed, double share, int arm, int arms) {
            return new RunDefinition.Part(seed, bound(share, arm, arms), bound(share, arm + 1, arms));
        }
    },
    /** Each device takes part in all arms, so their losses are paired. */
    SAME {
        @Override
        RunDefinition.Part part(String seed, double share, int arm, int arms) {
            return new RunDefinition.Part(seed, 0.0, share);
        }
    };

    /** The texts, as a pattern for requests. */
    static final String TEXTS = "split|same";

    /**
     * Returns the part of all devices that may join an arm.
     *
     * @param seed what the division depends on
     * @param share the share of the devices that all arms take together, above 0 and at most 1
     * @param arm the arm's place, from 0
     * @param arms how many there are
     */
    abstract RunDefinition.Part part(String seed, double share, int arm, int arms);

    // The same expression for the end of an arm and the beginning of the next one, so that no device is in both or in
    // neither.
    private static double bound(double share, int arm, int arms) {
        return arm == arms ? share : share * arm / arms;
    }

    @JsonValue
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
