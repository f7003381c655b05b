package io.evenkeel.engine.definition;

import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceSelector;
import io.evenkeel.engine.selection.DeviceTurns;
import org.jspecify.annotations.Nullable;

/**
 * Decides which devices may join a run and which of them a round asks. Immutable.
 *
 * @param join chooses the devices in the part that may join
 * @param part the random part of all devices that may join, null for all
 * @param sample chooses the members that rounds ask
 * @param stratifyBy the attribute by which a round's sample is divided, null for none
 * @param turns the turns that members take in the arms of an experiment, null if rounds may ask all
 */
public record DeviceChoice(
        DeviceSelector join,
        @Nullable DevicePart part,
        DeviceSelector sample,
        @Nullable String stratifyBy,
        @Nullable DeviceTurns turns) {

    /** Every device may join, and rounds ask any member. */
    static final DeviceChoice ALL = new DeviceChoice(DeviceSelector.ALL, null, DeviceSelector.ALL, null, null);

    /**
     * Returns whether a device may join.
     *
     * @param attributes its attributes and labels
     */
    public boolean admits(String client, Attributes attributes) {
        return (part == null || part.contains(client)) && join.matches(attributes);
    }

    /** Returns whether rounds may ask only some of the members, even if their sampling share is 1. */
    public boolean choosesMembers() {
        return !sample.isEmpty() || turns != null;
    }

    /** Returns whether a round's sample depends on attributes, which may change before the sample is drawn again. */
    public boolean dependsOnAttributes() {
        return !sample.isEmpty() || stratifyBy != null;
    }
}
