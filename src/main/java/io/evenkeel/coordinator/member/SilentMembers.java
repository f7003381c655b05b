package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.draw.Silence;
import java.util.BitSet;
import org.springframework.stereotype.Component;

/**
 * The members for which open rounds do not wait. In the last {@value Silence#LIMIT} rounds in which they were
 * asked, they sent no message, no decline and no request for work. They may still answer, and rounds wait for
 * them again after their next request. Works in the caller's transaction. Thread-safe.
 */
@Component
public class SilentMembers {

    private final RunTable runs;

    SilentMembers(RunTable runs) {
        this.runs = runs;
    }

    /** Returns the ordinals of a run's silent members. */
    public BitSet of(long run) {
        return read(run).silent();
    }

    /**
     * Records a round that closes because it timed out. The caller has locked the run.
     *
     * @param asked the ordinals of the members that were asked
     * @param missing the ordinals of the members that neither sent a message nor declined
     */
    public void count(long run, BitSet asked, BitSet missing) {
        Silence before = read(run);
        write(run, before, before.after(asked, missing));
    }

    /** Makes rounds wait for members again. The caller has locked the run. */
    public void heard(long run, BitSet members) {
        Silence before = read(run);
        write(run, before, before.without(members));
    }

    private Silence read(long run) {
        return runs.missedRounds(run)
                .map(stored -> Silence.of(OrdinalSet.decode(stored)))
                .orElse(Silence.NONE);
    }

    private void write(long run, Silence before, Silence after) {
        if (!after.equals(before)) {
            runs.setMissedRounds(run, after.isEmpty() ? null : OrdinalSet.encode(after.entries()));
        }
    }
}
