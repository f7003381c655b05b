package io.evenkeel.testkit.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of a load test.
 *
 * @param settings the settings of the test
 * @param tally the counts and latencies of messages during the measurement
 * @param seconds the duration of the measurement
 * @param rounds the number of rounds closed during the measurement
 * @param generatorCpu processor time of the load generator during the measurement
 * @param before the server's figures at its start, or null if unknown
 * @param after the server's figures at its end, or null if unknown
 * @param heap the coordinator's heap at its end
 * @param receipts the number of accepted messages of the whole test, from the devices' receipts
 * @param recorded the same number from the coordinator's records; -1 if a round closed while they were read
 */
record LoadResult(
        LoadSettings settings,
        Tally tally,
        double seconds,
        int rounds,
        Duration generatorCpu,
        @Nullable ServerFigures before,
        @Nullable ServerFigures after,
        HeapFigures heap,
        long receipts,
        long recorded) {

    double perSecond() {
        return tally.accepted() / seconds;
    }

    /** Returns the server's processor time per accepted message in milliseconds; NaN if unknown. */
    double serverMillis() {
        return before == null || after == null
                ? Double.NaN
                : after.process().cpu().minus(before.process().cpu()).toNanos() / 1e6 / tally.accepted();
    }

    /** Returns the bytes of PostgreSQL's write-ahead log per accepted message; NaN if unknown. */
    double walBytes() {
        return before == null || after == null || before.database().walBytes() == DatabaseFigures.UNKNOWN
                ? Double.NaN
                : (double) (after.database().walBytes() - before.database().walBytes()) / tally.accepted();
    }

    /** Returns the generator's processor time per accepted message in milliseconds. */
    double generatorMillis() {
        return generatorCpu.toNanos() / 1e6 / tally.accepted();
    }
}
