package io.evenkeel.engine.checkin;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.random.RandomGenerator;

/**
 * Decides when a device checks in again, so that a fleet of any size sends about a given number of check-ins
 * per second. Implements the pace steering of Bonawitz et al., "Towards federated learning at scale: system
 * design" (MLSys 2019), section 2.3: devices of a small population check in often enough for a round; devices
 * of a large one check in at random times, no more often than needed.
 *
 * <p>A <b>small</b> fleet has at most 30 G devices for a goal of G check-ins per second, so that all of them
 * can wait in long polls of half a minute. A device whose poll ends polls again after a second, so it gets
 * work immediately.
 *
 * <p>The devices of a <b>larger</b> fleet do not wait. Each device checks in again after a random pause,
 * whose mean is the larger of two times:
 *
 * <ul>
 *   <li>The fair share of the goal G. A device that open work may need counts fully. A device that no work
 *       currently needs counts as a quarter, and checks in a quarter as often. With N devices of the first
 *       kind and n of the second, the pause of the first is (N + n/4) / G, and that of the second is four
 *       times as long. Together they send G check-ins per second.
 *   <li>The interval that the work needs, see {@link Demand#every}: more frequent check-ins would cost energy
 *       without finding work.
 * </ul>
 *
 * <p>The pause is distributed exponentially, truncated at 98% so that no device stays away for long. An exponential
 * pause is memoryless: if all devices check in at the same time, such as after an outage, the next check-ins
 * are spread evenly from the first second, at the goal's rate, without a second wave. A uniform distribution
 * over [T/2, 3T/2] would give waves of 1.5 times the goal.
 *
 * <p>Immutable and thread-safe.
 *
 * @param goal G, the check-ins per second of the whole fleet, above 0
 * @param active the number of devices that check in
 * @param needed the number of these that open work may need
 */
public record PaceSteering(double goal, double active, double needed) {

    /** The minimum mean pause. */
    public static final Duration MIN_PAUSE = Duration.ofSeconds(1);

    /** The time for which the SDKs let a request wait for work in a small fleet. */
    public static final Duration LONG_POLL = Duration.ofSeconds(30);

    /** The upper bound of a pause, in multiples of its mean. */
    public static final int MAX_MULTIPLE = 5;

    private static final Duration MIN_WINDOW = Duration.ofHours(1);

    /** The truncation point of the exponential distribution, in multiples of the untruncated mean. */
    private static final double END = 4;

    private static final double MASS = 1 - Math.exp(-END);
    private static final double MEAN = 1 - END * Math.exp(-END) / MASS;

    private static final double IDLE_SHARE = 0.25;
    private static final double MAX_SECONDS = Duration.ofDays(7).toSeconds();

    /**
     * Returns the rule for a fleet that was counted recently. All devices seen since the count may be needed.
     *
     * @param counted the number of active devices at the count
     * @param needed the number of these that open work may need
     * @param recent the number of devices seen since the count
     */
    public static PaceSteering of(double goal, double counted, double needed, double recent) {
        double active = Math.max(counted, recent);
        return new PaceSteering(goal, active, needed + active - counted);
    }

    /**
     * Returns the time within which each active device checks in, at least an hour.
     *
     * @param longestPause as in {@link #mean(Collection, Duration, Duration)}
     */
    public Duration activityWindow(Duration longestPause) {
        Duration longest = mean(false, longestPause, Duration.ZERO).multipliedBy(MAX_MULTIPLE);
        return longest.compareTo(MIN_WINDOW) > 0 ? longest : MIN_WINDOW;
    }

    /** Returns whether the devices wait in long polls. */
    public boolean isSmall() {
        return active <= goal * LONG_POLL.toSeconds();
    }

    /**
     * Returns the mean pause of a device.
     *
     * @param intervals the intervals at which the open work that admits the device needs it
     * @param longestPause the mean pause if none needs it sooner
     * @param waited the time for which its request may have waited in a long poll
     */
    public Duration mean(Collection<Duration> intervals, Duration longestPause, Duration waited) {
        Duration every = intervals.stream()
                .min(Comparator.naturalOrder())
                .filter(needed -> needed.compareTo(longestPause) < 0)
                .orElse(longestPause);
        return mean(!intervals.isEmpty(), every, waited);
    }

    /**
     * Returns the mean pause of a device.
     *
     * @param isNeeded whether some open work may need it
     * @param every the interval at which the work needs it, zero for as often as possible; ignored in a small fleet
     * @param waited the time for which its request may have waited in a long poll
     */
    public Duration mean(boolean isNeeded, Duration every, Duration waited) {
        double idle = Math.max(0, active - needed);
        double share = (needed + IDLE_SHARE * idle) / goal / (isNeeded ? 1 : IDLE_SHARE);
        double seconds = isSmall() ? share - seconds(waited) : Math.max(share, seconds(every));
        return Duration.ofMillis((long) (1000 * Math.max(seconds(MIN_PAUSE), Math.min(MAX_SECONDS, seconds))));
    }

    /** Returns a random pause with a given mean, in whole seconds, at least one, for the header Retry-After. */
    public static long pause(Duration mean, RandomGenerator random) {
        double factor = -StrictMath.log(1 - MASS * random.nextDouble()) / MEAN;
        return Math.max(1, Math.round(seconds(mean) * factor));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
