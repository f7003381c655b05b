package io.evenkeel.coordinator.definition;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a {@link RunDefinition}, and whether each may change while the run is active. This is the only place that decides this.
 *
 * <p>A changeable field takes effect through {@link RoundRules}. It must affect neither the devices' computation nor
 * the step, because messages sent before the change still count.
 */
public enum DefinitionField {
    NAME("name", "devices and messages refer to the run by it"),
    TENSORS("tensors", "the model, the sum and all messages have this shape"),
    DIMENSION("dimension", "the model, the sum and all messages have this shape"),
    ALGORITHM("algorithm", "the devices' vectors g_i and the coordinator's sum follow from it"),
    COMPRESSOR("compressor", "devices compress as the plan says that they got when they joined"),
    ROUNDS("rounds"),
    LOCAL_STEPS("localSteps", "devices got it when they joined"),
    GAMMA("gamma", "the steps taken so far and those to come are one schedule"),
    ETA("eta", "the devices' momentum follows from it, and they got it when they joined"),
    STEP("step", "the steps taken so far and those to come follow one rule, which has a memory"),
    SMOOTHNESS("smoothness", "the step size was derived from it when the run was created"),
    SEED("seed", "the draws of members and of coordinates follow from it"),
    PARTICIPANTS("participants"),
    TIME("time"),
    SAMPLING("sampling"),
    STALENESS("staleness", "devices got it when they joined"),
    STOP("stop"),
    INITIAL_MODEL("initialModel", "the run has begun with it"),
    HORIZON("horizon", "the step size was derived from it when the run was created"),
    WEIGHTS("weights"),
    DEVICES("devices", "the stored draws of rounds follow from it; create a run from the newest model instead"),
    PRIORITY("priority"),
    PRIVACY("privacy", "devices add noise, and count what they spend, as the plan says that they got when they joined"),
    DOWNLINK("downlink", "the devices' model w follows from it, and they got it when they joined"),
    SECURE_AGGREGATION("secureAggregation", "devices check cohorts by the plan that they got when they joined"),
    ROBUST(
            "robust",
            "the steps taken so far and those to come follow one sum; create a run from the newest model instead"),
    DESCRIPTION("description"),
    TAGS("tags");

    private final String text;
    private final @Nullable String fixedBecause;

    DefinitionField(String text) {
        this.text = text;
        this.fixedBecause = null;
    }

    DefinitionField(String text, String fixedBecause) {
        this.text = text;
        this.fixedBecause = fixedBecause;
    }

    /** Returns the name in JSON. */
    String text() {
        return text;
    }

    /** Returns why the field cannot change; empty if it can. */
    Optional<String> fixedBecause() {
        return Optional.ofNullable(fixedBecause);
    }

    /** Returns why the field cannot change in a run with a definition; empty if it can. */
    Optional<String> fixedBecause(RunDefinition definition) {
        return this == PARTICIPANTS && definition.secureAggregation() != null
                ? Optional.of("devices check the size of cohorts by it, and it limits what the sum can hold")
                : fixedBecause();
    }

    /** Returns whether the field is only information for readers, which can change after the run's end. */
    public boolean isNote() {
        return this == DESCRIPTION || this == TAGS;
    }

    /** Returns the field that contains a path such as {@code participants.min}. */
    public static Optional<DefinitionField> of(String path) {
        String name = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
        return Arrays.stream(values()).filter(field -> field.text.equals(name)).findFirst();
    }
}
