package io.evenkeel.trial.fleet;

import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** The figures of each simulated round, in arrays. Times are milliseconds of virtual time. Not thread-safe. */
public final class RoundLog {

    private static final long UNKNOWN = -1;

    private int rounds;
    private long[] openedAt = new long[64];
    private long[] closedAt = new long[64];
    private int[] asked = new int[64];
    private int[] begun = new int[64];
    private int[] accepted = new int[64];
    private int[] late = new int[64];
    private int[] lost = new int[64];
    private int[] extended = new int[64];
    private int[] inTime = new int[64];
    private long[] enoughAt = new long[64];
    private long[] downloaded = new long[64];
    private Ending[] endings = new Ending[64];

    /** The reason why a round closed. */
    public enum Ending {
        /** The round had the maximum number of messages. */
        FULL,
        /** All members that the round waited for had answered. */
        ANSWERED,
        /** The round timed out with enough messages. */
        DEADLINE,
        /** The round was extended, and then got enough messages. */
        EXTENDED
    }

    void open(long time) {
        if (rounds == openedAt.length) {
            grow(2 * rounds);
        }
        openedAt[rounds] = time;
        closedAt[rounds] = UNKNOWN;
        inTime[rounds] = (int) UNKNOWN;
        enoughAt[rounds] = UNKNOWN;
        rounds++;
    }

    private void grow(int length) {
        openedAt = Arrays.copyOf(openedAt, length);
        closedAt = Arrays.copyOf(closedAt, length);
        asked = Arrays.copyOf(asked, length);
        begun = Arrays.copyOf(begun, length);
        accepted = Arrays.copyOf(accepted, length);
        late = Arrays.copyOf(late, length);
        lost = Arrays.copyOf(lost, length);
        extended = Arrays.copyOf(extended, length);
        inTime = Arrays.copyOf(inTime, length);
        enoughAt = Arrays.copyOf(enoughAt, length);
        downloaded = Arrays.copyOf(downloaded, length);
        endings = Arrays.copyOf(endings, length);
    }

    void ask(int round, int members) {
        asked[round] = members;
    }

    void begin(int round, long bytes) {
        begun[round]++;
        downloaded[round] += bytes;
    }

    /** Counts a message that was accepted into a round, whichever round it was computed for. */
    void accept(int round, int minimum, long time) {
        if (++accepted[round] == minimum) {
            enoughAt[round] = time;
        }
    }

    /** Counts a message that arrived after its round had closed. */
    void addLate(int round) {
        late[round]++;
    }

    /** Counts a message that was started but never sent. */
    void addLost(int round) {
        lost[round]++;
    }

    void extend(int round) {
        if (extended[round]++ == 0) {
            inTime[round] = accepted[round];
        }
    }

    void close(int round, long time, Ending why) {
        closedAt[round] = time;
        endings[round] = why;
        if (extended[round] == 0) {
            inTime[round] = accepted[round];
        }
    }

    /** Returns the number of closed rounds. */
    public int closed() {
        return rounds > 0 && closedAt[rounds - 1] == UNKNOWN ? rounds - 1 : rounds;
    }

    /** Returns the number of rounds opened so far. */
    public int opened() {
        return rounds;
    }

    public long openedAt(int round) {
        return openedAt[round];
    }

    public long closedAt(int round) {
        return closedAt[round];
    }

    /** Returns the duration of a closed round in milliseconds. */
    public long duration(int round) {
        return closedAt[round] - openedAt[round];
    }

    /** Returns the number of members that a round had selected when it closed. */
    public int asked(int round) {
        return asked[round];
    }

    /** Returns the number of messages that devices started for a round. */
    public int begun(int round) {
        return begun[round];
    }

    /** Returns the number of messages accepted into a round. */
    public int accepted(int round) {
        return accepted[round];
    }

    /** Returns the number of messages that arrived after their round had closed. */
    public int late(int round) {
        return late[round];
    }

    /** Returns the number of messages that devices started for a round but never sent. */
    public int lost(int round) {
        return lost[round];
    }

    /** Returns the number of times that a round was extended. */
    public int extended(int round) {
        return extended[round];
    }

    /** Returns the number of messages that a round had at its first deadline, or when it closed if that was earlier. */
    public int inTime(int round) {
        return inTime[round];
    }

    /** Returns the milliseconds until a round had enough messages, -1 if it never had. */
    public long enoughAfter(int round) {
        return enoughAt[round] == UNKNOWN ? UNKNOWN : enoughAt[round] - openedAt[round];
    }

    /** Returns the bytes of models and updates that devices fetched for a round. */
    public long downloaded(int round) {
        return downloaded[round];
    }

    public Ending ending(int round) {
        return endings[round];
    }

    /** Returns a figure of the closed rounds, ascending. */
    public long[] sorted(IntToLongFunction figure) {
        return IntStream.range(0, closed()).mapToLong(figure).sorted().toArray();
    }

    /** Returns the value that the given share of the values does not exceed; 0 without values. */
    public static long quantile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
    }

    /** Returns the sum of a figure over the closed rounds. */
    public long sum(IntToLongFunction figure) {
        return IntStream.range(0, closed()).mapToLong(figure).sum();
    }
}
