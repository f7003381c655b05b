package io.evenkeel.testkit.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a load run measured.
 *
 * @param settings what was done
 * @param tally what became of the messages while it was measured
 * @param seconds how long that was
 * @param rounds how many rounds were closed meanwhile
 * @param generatorCpu processor time that the generator itself used meanwhile
 * @param before the server's figures at its beginning, if they could be read
 * @param after the same at its end
 * @param heap the coordinator's heap at its end
 * @param receipts messages accepted from the first to the last, by the devices' receipts
 * @param recorded the same by the coordinator's records; -1 if a round closed while they were read
 */
record LoadResult(
        LoadSettings settings,
        Tally tally,
        double seconds,
        int rounds,
        Duration generatorCpu,
        @Nullable ProcessFigures before,
        @Nullable ProcessFigures after,
        HeapFigures heap,
        long receipts,
        long recorded) {

    /** Returns messages accepted in a second. */
    double perSecond() {
        return tally.accepted() / seconds;
    }

    /** Returns the server's processor time for an accepted message, in milliseconds; NaN if it is not known. */
    double serverMillis() {
        return before == null || after == null
                ? Double.NaN
                : after.cpu().minus(before.cpu()).toNanos() / 1e6 / tally.accepted();
    }

    /** Returns the generator's processor time for an accepted message, in milliseconds. */
    double generatorMillis() {
        return generatorCpu.toNanos() / 1e6 / tally.accepted();
    }
}
