package io.evenkeel.engine.draw;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The reason why a device declines a round. The names are permanent: they are stored. */
public enum DeclineCause {
    /** The battery is low, or the device is not being charged. */
    BATTERY,
    /** The network is metered or too slow. */
    NETWORK,
    /** The device is in use. */
    BUSY,
    /** Another reason. */
    OTHER;

    /** Returns the name in requests and responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
