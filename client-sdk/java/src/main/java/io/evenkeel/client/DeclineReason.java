package io.evenkeel.client;

import java.util.Locale;

/** The reason why a device declines to take part in a round. */
public enum DeclineReason {
    /** The battery is low, or the device is not being charged. */
    BATTERY,
    /** The network is metered or too slow. */
    NETWORK,
    /** The device is in use. */
    BUSY,
    /** Another reason. */
    OTHER;

    /** Returns the name in requests. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
