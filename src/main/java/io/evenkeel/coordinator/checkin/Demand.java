package io.evenkeel.coordinator.checkin;

import java.time.Duration;

/**
 * The number of devices that an offer needs, and the time for it. Immutable.
 *
 * @param devices number of devices whose check-in it needs in each period; {@link Long#MAX_VALUE} for all that it admits
 * @param period such as the expected duration of a round; zero for as soon as possible
 */
public record Demand(long devices, Duration period) {

    /** Needs all devices that it admits as soon as possible. */
    public static final Demand ALL_NOW = new Demand(Long.MAX_VALUE, Duration.ZERO);

    /** Twice as many check-ins as are needed: some devices decline, fail, or come late. */
    private static final int SPARE = 2;

    /**
     * Returns how often each of the devices that it admits should check in.
     *
     * @param admitted how many there are
     */
    Duration every(double admitted) {
        double turns = Math.max(1, admitted / devices);
        return Duration.ofMillis((long) Math.min(Long.MAX_VALUE / 2.0, period.toMillis() * turns / SPARE));
    }
}
