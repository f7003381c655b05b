package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.problem.DatabaseDamage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reports that stored bytes differ from those that were written. */
public final class CorruptionException extends RuntimeException {

    /** The ordinal if no member is concerned. */
    public static final int NOBODY = -1;

    /** The round if it is not known. */
    public static final int SOME_ROUND = -1;

    private final long run;
    private final int round;
    private final int ordinal;
    private final transient @Nullable ObjectRange missing;

    /**
     * @param run the run's key
     * @param round the round they belong to, or {@link #SOME_ROUND}
     * @param ordinal the member's ordinal, or {@link #NOBODY}
     * @param what what is wrong with which bytes, as the beginning of a sentence
     */
    public CorruptionException(long run, int round, int ordinal, String what) {
        this(run, round, ordinal, what, null);
    }

    private CorruptionException(long run, int round, int ordinal, String what, @Nullable ObjectRange missing) {
        super(what);
        this.run = run;
        this.round = round;
        this.ordinal = ordinal;
        this.missing = missing;
    }

    /** Returns what to throw if a row of a run names an object that is not in the store. */
    public static CorruptionException missing(long run, int round, int ordinal, MissingObjectException missing) {
        return new CorruptionException(
                run,
                round,
                ordinal,
                String.valueOf(missing.getMessage()),
                missing.range().orElse(null));
    }

    /**
     * Returns what to throw for a failure to read a run's data: an exception that names the run and the table if the database file is
     * damaged, else the failure itself.
     */
    public static RuntimeException naming(long run, RuntimeException failure) {
        if (failure instanceof MissingObjectException missing) {
            return missing(run, SOME_ROUND, NOBODY, missing);
        }
        return DatabaseDamage.in(failure)
                .<RuntimeException>map(what -> new CorruptionException(run, SOME_ROUND, NOBODY, what))
                .orElse(failure);
    }

    /** Returns what is missing in the object store, so that the run can go on when it is back; empty for other damage. */
    public Optional<ObjectRange> missing() {
        return Optional.ofNullable(missing);
    }

    /** Returns the run's key. */
    public long run() {
        return run;
    }

    /** Returns the round, or {@link #SOME_ROUND}. */
    public int round() {
        return round;
    }

    /** Returns the member's ordinal, or {@link #NOBODY}. */
    public int ordinal() {
        return ordinal;
    }
}
