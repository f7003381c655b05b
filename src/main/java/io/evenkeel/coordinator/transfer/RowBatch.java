package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Inserts rows in batches, each of one part. Not thread-safe. */
final class RowBatch {

    private static final int MAXIMUM_ROWS = 64;
    private static final long MAXIMUM_BYTES = 1 << 20;

    private final BiConsumer<Part, List<ExportedRow>> insertion;
    private final List<ExportedRow> rows = new ArrayList<>();
    private Part part = Part.TOKEN;
    private long bytes;

    /**
     * Creates a batch.
     *
     * @param insertion inserts rows of a part
     */
    RowBatch(BiConsumer<Part, List<ExportedRow>> insertion) {
        this.insertion = insertion;
    }

    /** Adds a row; first inserts the collected rows if they belong to another part. */
    void add(Part next, ExportedRow row) {
        if (next != part) {
            flush();
            part = next;
        }
        rows.add(row);
        bytes += row.length();
        if (rows.size() >= MAXIMUM_ROWS || bytes > MAXIMUM_BYTES) {
            flush();
        }
    }

    /** Inserts the remaining rows. */
    void flush() {
        if (!rows.isEmpty()) {
            insertion.accept(part, rows);
            rows.clear();
            bytes = 0;
        }
    }
}
