package io.evenkeel.coordinator.integrity;

/** Reports that something stored of a run does not fit the run's hash chain. */
final class ChainMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String table;
    private final int round;

    /**
     * @param table the table with the row that does not fit
     * @param round the first round that is concerned
     * @param what what does not fit, as the beginning of a sentence
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
