package io.evenkeel.engine.experiment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.engine.definition.RunDefinition;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The assignment of an experiment's devices to its arms. */
public enum Assignment {
    /**
     * A parallel-group design: each device takes part in one arm. The arms have disjoint random parts of
     * equal size.
     */
    SPLIT {
        @Override
        public RunDefinition.Part part(String seed, double share, int arm, int arms) {
            return new RunDefinition.Part(seed, bound(share, arm, arms), bound(share, arm + 1, arms));
        }
    },
    /** A crossover design: each device joins all arms, and takes part in them in turn. */
    CROSSOVER {
        @Override
        public RunDefinition.Part part(String seed, double share, int arm, int arms) {
            return new RunDefinition.Part(seed, 0.0, share);
        }

        @Override
        public RunDefinition.Crossover turns(String seed, int arm, int arms, int block) {
            return new RunDefinition.Crossover(seed, arm, arms, block);
        }
    };

    /** The names, as a pattern for requests. */
    public static final String TEXTS = "split|crossover";

    /**
     * Returns the part of all devices that may join an arm.
     *
     * @param seed the seed of the division
     * @param share the total share of the devices in all arms, above 0 and at most 1
     * @param arm the arm's index, from 0
     * @param arms the number of arms
     */
    public abstract RunDefinition.Part part(String seed, double share, int arm, int arms);

    /**
     * Returns the turns that devices take in the arms; null if each device is in one arm.
     *
     * @param block the number of rounds that a device stays in an arm
     */
    public RunDefinition.@Nullable Crossover turns(String seed, int arm, int arms, int block) {
        return null;
    }

    // Uses the same expression for the end of an arm and the beginning of the next one, so that each device is in
    // exactly one arm.
    private static double bound(double share, int arm, int arms) {
        return arm == arms ? share : share * arm / arms;
    }

    /** Returns the name in requests and responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
