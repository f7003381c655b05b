package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.problem.DatabaseDamage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown if stored bytes differ from those that were written. */
public final class CorruptionException extends RuntimeException {

    /** The ordinal if no particular member is affected. */
    public static final int NOBODY = -1;

    /** The round if it is unknown. */
    public static final int SOME_ROUND = -1;

    private final long run;
    private final int round;
    private final int ordinal;
    private final transient @Nullable ObjectRange missing;

    /**
     * @param run the run's key
     * @param round the round to which the bytes belong, or {@link #SOME_ROUND}
     * @param ordinal the member's ordinal, or {@link #NOBODY}
     * @param what the damage, as the beginning of a sentence
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

    /** Returns the exception for a row of a run that refers to an object that is not in the store. */
    public static CorruptionException missing(long run, int round, int ordinal, MissingObjectException missing) {
        return new CorruptionException(
                run,
                round,
                ordinal,
                String.valueOf(missing.getMessage()),
                missing.range().orElse(null));
    }

    /**
     * Returns the exception to throw for a failure to read a run's data. If the database file is damaged, it
     * names the run and the table; otherwise it is the failure itself.
     */
    public static RuntimeException naming(long run, RuntimeException failure) {
        if (failure instanceof MissingObjectException missing) {
            return missing(run, SOME_ROUND, NOBODY, missing);
        }
        return DatabaseDamage.in(failure)
                .<RuntimeException>map(what -> new CorruptionException(run, SOME_ROUND, NOBODY, what))
                .orElse(failure);
    }

    /**
     * Returns the objects that are missing from the store. The run can continue once they are restored. Empty
     * for other damage.
     */
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
