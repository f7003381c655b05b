package io.evenkeel.engine.checkin;

import java.time.Duration;

/**
 * The number of devices that an offer needs, and the time for it. Immutable.
 *
 * @param devices number of devices that must check in during each period; {@link Long#MAX_VALUE} for all that the offer admits
 * @param period such as the expected duration of a round; zero for as soon as possible
 */
public record Demand(long devices, Duration period) {

    /** The demand for all admitted devices as soon as possible. */
    public static final Demand ALL_NOW = new Demand(Long.MAX_VALUE, Duration.ZERO);

    /** Requests twice as many check-ins as are needed, because some devices decline, fail, or come late. */
    private static final int SPARE = 2;

    /**
     * Returns how often each of the devices that it admits should check in.
     *
     * @param admitted the number of admitted devices
     */
    public Duration every(double admitted) {
        double turns = Math.max(1, admitted / devices);
        return Duration.ofMillis((long) Math.min(Long.MAX_VALUE / 2.0, period.toMillis() * turns / SPARE));
    }
}
