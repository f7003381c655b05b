package io.evenkeel.coordinator.checkin;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides when a device checks in again, so that a fleet of any size sends about a given number of check-ins a second. It is the pace
 * steering of Bonawitz et al., "Towards federated learning at scale: system design" (MLSys 2019), section 2.3: devices of a small
 * population come often enough that a round finds them, those of a large one come at random times, and no more often than needed.
 *
 * <p>A <b>small</b> fleet is one whose devices can all wait in a long poll of half a minute within the goal: at most 30 s times the goal.
 * Its devices wait, and come back after a second. So they hear of work at once, and never wait for minutes.
 *
 * <p>The devices of a <b>larger</b> fleet do not wait. Each comes back after a random pause. Its mean is the larger of two times:
 *
 * <ul>
 *   <li>The fair share of the goal G. A device that some open work may need counts fully, and one that nothing needs at present counts
 *       as a quarter and comes a quarter as often. With N and n of them, the pause of the former is (N + n/4) / G, that of the latter
 *       four times as long. Together they send G check-ins a second.
 *   <li>What the work needs, see {@link Demand#every}: more frequent check-ins would cost the devices energy and find nothing.
 * </ul>
 *
 * <p>The pause has the exponential distribution, of which the last 2% are left out so that no device stays away for long. An exponential
 * pause has no memory: after everybody has come at once, as after an outage, the returns are spread evenly from the first second, at the
 * goal's rate, and there is no second wave. A uniform distribution over [T/2, 3T/2] would give waves of 1.5 times the goal.
 *
 * <p>Immutable and thread-safe.
 *
 * @param goal G, check-ins a second of the whole fleet, above 0
 * @param active number of devices that check in
 * @param needed how many of these some open work may need
 */
record PaceSteering(double goal, double active, double needed) {

    /** The shortest mean of a pause. */
    static final Duration MIN_PAUSE = Duration.ofSeconds(1);

    /** A pause is below this many times its mean. */
    static final int MAX_MULTIPLE = 5;

    /** Where the exponential distribution ends, in multiples of the mean that it has without an end. */
    private static final double END = 4;

    private static final double MASS = 1 - Math.exp(-END);
    private static final double MEAN = 1 - END * Math.exp(-END) / MASS;

    private static final Duration LONG_POLL = Duration.ofSeconds(30);
    private static final double IDLE_SHARE = 0.25;
    private static final double MAX_SECONDS = Duration.ofDays(7).toSeconds();

    /** Returns whether the devices wait in long polls. */
    boolean isSmall() {
        return active <= goal * LONG_POLL.toSeconds();
    }

    /**
     * Returns the mean pause of a device.
     *
     * @param isNeeded whether some open work may need it
     * @param every how often the work needs it, zero for as often as possible; means nothing in a small fleet
     * @param waited how long its request may have waited in a long poll
     */
    Duration mean(boolean isNeeded, Duration every, Duration waited) {
        double idle = Math.max(0, active - needed);
        double share = (needed + IDLE_SHARE * idle) / goal / (isNeeded ? 1 : IDLE_SHARE);
        double seconds = isSmall() ? share - seconds(waited) : Math.max(share, seconds(every));
        return Duration.ofMillis((long) (1000 * Math.max(seconds(MIN_PAUSE), Math.min(MAX_SECONDS, seconds))));
    }

    /** Returns a random pause with a mean, in whole seconds, at least one: those of the header Retry-After. */
    static long pause(Duration mean, RandomGenerator random) {
        double factor = -Math.log(1 - MASS * random.nextDouble()) / MEAN;
        return Math.max(1, Math.round(seconds(mean) * factor));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
