package io.evenkeel.coordinator.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** What can be told of a run's file without a database. */
public final class RunFiles {

    /** The media type of the file. */
    public static final String MEDIA_TYPE = "application/vnd.evenkeel.run";

    private RunFiles() {}

    /**
     * Reads a whole file and verifies every checksum in it.
     *
     * @return how many rows it has
     * @throws io.evenkeel.coordinator.problem.ProblemException if it is damaged or incomplete, with the position
     * @throws IOException if it cannot be read
     */
    public static long verify(InputStream in) throws IOException {
        return forEach(in, row -> {});
    }

    /**
     * Reads a whole file, verifies every checksum in it, and hands out its rows in their order; what was handed out holds only once
     * this returns.
     *
     * @return how many rows it has
     * @throws io.evenkeel.coordinator.problem.ProblemException if it is damaged or incomplete, with the position
     * @throws IOException if it cannot be read
     */
    public static long forEach(InputStream in, Consumer<Row> sink) throws IOException {
        RunFileReader file = new RunFileReader(in);
        long rows = 0;
        for (Row row = file.next(); row != null; row = file.next()) {
            if (!row.isSound()) {
                throw RunFileReader.refused(
                        file.recordAt(), "the row of " + row.part().table() + " does not match its digest");
            }
            sink.accept(row);
            rows++;
        }
        return rows;
    }
}
