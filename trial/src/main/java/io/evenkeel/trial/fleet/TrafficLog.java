package io.evenkeel.trial.fleet;

import java.util.Arrays;

/**
 * Counts the requests at a simulated coordinator: by minute, by part of the cycle, and in the busiest second.
 * Not thread-safe.
 */
public final class TrafficLog {

    /** The number of parts of a cycle; for a day, they are hours. */
    public static final int PARTS = 24;

    private static final int MINUTE = 60_000;
    private static final int SECOND = 1000;

    private final long cycle;
    private int[] byMinute = new int[1024];
    private final long[] byPart = new long[PARTS];
    private long total;
    private long second = -1;
    private int inSecond;
    private int busiestSecond;

    TrafficLog(long cycle) {
        this.cycle = cycle;
    }

    /** Counts a request at a time in milliseconds; times must not decrease. */
    void count(long time) {
        total++;
        byPart[part(time, cycle)]++;
        int minute = (int) (time / MINUTE);
        if (minute >= byMinute.length) {
            byMinute = Arrays.copyOf(byMinute, Math.max(2 * byMinute.length, minute + 1));
        }
        byMinute[minute]++;
        if (time / SECOND != second) {
            second = time / SECOND;
            inSecond = 0;
        }
        busiestSecond = Math.max(busiestSecond, ++inSecond);
    }

    /** Returns the part of the cycle that contains a time. */
    static int part(long time, long cycle) {
        return (int) (time % cycle * PARTS / cycle);
    }

    public long total() {
        return total;
    }

    /** Returns the requests in a part of the cycle, over all cycles. */
    public long in(int part) {
        return byPart[part];
    }

    /** Returns the maximum number of requests in a second. */
    public int busiestSecond() {
        return busiestSecond;
    }

    /** Returns the maximum number of requests in a minute. */
    public int busiestMinute() {
        return Arrays.stream(byMinute).max().orElse(0);
    }
}
