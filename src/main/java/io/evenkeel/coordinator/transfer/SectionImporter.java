package io.evenkeel.coordinator.transfer;

import java.io.IOException;

/** Inserts the records of one section of a file. Works in the caller's transaction. Thread-safe. */
interface SectionImporter {

    Part.Section section();

    /**
     * Inserts the records at the cursor, up to the first that does not belong to this section.
     *
     * @param result the result, to which the imported items are added
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid-frame} with the position, or a refusal of the
     *     section's content
     */
    void read(RecordCursor records, ImportResult result) throws IOException;
}
