package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.selection.DeviceFilter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A filter for lists of members; both conditions must hold.
 *
 * @param device the filter for the members' devices
 * @param state only members in this state; null for all
 */
public record MemberFilter(DeviceFilter device, @Nullable State state) {

    /** A regular expression that matches the names of {@link State} in request parameters. */
    public static final String STATES = "active|joining|leaving";

    /** The state of a membership while a round is open. */
    public enum State {
        /** The member takes part in the open round. */
        ACTIVE,
        /** The member takes part from a later round on. */
        JOINING,
        /** The membership ends when the open round or a later one closes. */
        LEAVING
    }

    /** Returns the filter for a request's parameters; {@code state} matches {@link #STATES}. */
    public static MemberFilter of(DeviceFilter device, @Nullable String state) {
        return new MemberFilter(device, state == null ? null : State.valueOf(state.toUpperCase(Locale.ROOT)));
    }
}
