package io.evenkeel.coordinator.selection;

import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A filter for lists of devices; a device must meet all conditions.
 *
 * @param search part of the name or the id, ignoring case; empty for all
 * @param state only devices in this state; null for all
 * @param seenWithin only devices seen within this duration; null for all
 * @param unseenFor only devices not seen for this duration, or never; null for all
 * @param selector only devices that this selector chooses
 */
public record DeviceFilter(
        String search,
        @Nullable State state,
        @Nullable Duration seenWithin,
        @Nullable Duration unseenFor,
        DeviceSelector selector) {

    /** The names of {@link State}, as a pattern for parameters. */
    public static final String STATES = "enrolled|revoked";

    /** Matches every device. */
    public static final DeviceFilter NONE = new DeviceFilter("", null, null, null, DeviceSelector.ALL);

    /** Whether a device may still send requests. */
    public enum State {
        /** The device may send requests. */
        ENROLLED,
        /** The coordinator refuses the device's secret. */
        REVOKED
    }

    /** Returns the filter for a request's parameters; {@code state} matches {@link #STATES}. */
    public static DeviceFilter of(
            String search,
            @Nullable String state,
            @Nullable Duration seenWithin,
            @Nullable Duration unseenFor,
            String selector) {
        return new DeviceFilter(
                search,
                state == null ? null : State.valueOf(state.toUpperCase(Locale.ROOT)),
                seenWithin,
                unseenFor,
                DeviceSelector.ofParameter(selector));
    }

    /** Returns whether every device matches. */
    public boolean isEmpty() {
        return equals(NONE);
    }
}
