package io.evenkeel.coordinator.platform.storage;

/** Reports that stored bytes differ from those that were written. */
public final class CorruptionException extends RuntimeException {

    /** The ordinal if no member is concerned. */
    public static final int NOBODY = -1;

    private final long run;
    private final int round;
    private final int ordinal;

    /**
     * @param run the run's key
     * @param round the round they belong to
     * @param ordinal the member's ordinal, or {@link #NOBODY}
     * @param what what is wrong with which bytes, as the beginning of a sentence
     */
    public CorruptionException(long run, int round, int ordinal, String what) {
        super(what);
        this.run = run;
        this.round = round;
        this.ordinal = ordinal;
    }

    /** Returns the run's key. */
    public long run() {
        return run;
    }

    /** Returns the round. */
    public int round() {
        return round;
    }

    /** Returns the member's ordinal, or {@link #NOBODY}. */
    public int ordinal() {
        return ordinal;
    }
}
