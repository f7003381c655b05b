package io.evenkeel.coordinator.selection;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A filter of a list of devices; all conditions must hold.
 *
 * @param search part of the name or of the id, in any case of its letters; empty for all
 * @param state only devices in this state; null for all
 * @param seenWithin only devices seen in so long a time before now; null for all
 * @param unseenFor only devices not seen for so long, or never; null for all
 * @param selector only devices that it chooses
 */
public record DeviceFilter(
        String search,
        @Nullable State state,
        @Nullable Duration seenWithin,
        @Nullable Duration unseenFor,
        DeviceSelector selector) {

    /** The texts of {@link State}, as a pattern for parameters. */
    public static final String STATES = "enrolled|revoked";

    /** Every device. */
    public static final DeviceFilter NONE = new DeviceFilter("", null, null, null, DeviceSelector.ALL);

    /** Whether a device may still send requests. */
    public enum State {
        /** It may. */
        ENROLLED,
        /** Its secret is refused. */
        REVOKED
    }

    /** Returns the filter that a request's parameters ask for; {@code state} matches {@link #STATES}. */
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

    /** Returns whether every device meets it. */
    public boolean isEmpty() {
        return equals(NONE);
    }
}
