package io.evenkeel.coordinator.integrity;

/** Reports that a stored row of a run does not match the run's hash chain. */
final class ChainMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String table;
    private final int round;

    /**
     * @param table the table with the mismatching row
     * @param round the first affected round
     * @param what the description of the mismatch, as the beginning of a sentence
     */
    ChainMismatchException(String table, int round, String what) {
        super(what);
        this.table = table;
        this.round = round;
    }

    String table() {
        return table;
    }

    int round() {
        return round;
    }
}
