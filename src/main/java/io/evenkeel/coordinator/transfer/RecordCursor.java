package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Iterates over the records of a file. Refuses records that are out of order, and rows that fail their table's check.
 * Not thread-safe.
 */
final class RecordCursor {

    private final ExportFileReader file;
    private ExportFileReader.@Nullable Entry next;
    private ExportFileReader.@Nullable Entry taken;
    private boolean isRead;

    /** Starts before the first record. */
    RecordCursor(InputStream in) throws IOException {
        file = new ExportFileReader(in);
    }

    /** Inserts the taken record. */
    @FunctionalInterface
    interface Insertion {
        void run() throws IOException;
    }

    /** Inserts the taken record, and returns a result. */
    @FunctionalInterface
    interface InsertionWithResult<T> {
        T run() throws IOException;
    }

    /** Inserts one row of a part. */
    @FunctionalInterface
    interface RowInsertion {
        void insert(Part part, ExportedRow row);
    }

    /** Returns when the file was written. */
    Instant exportedAt() {
        return file.exportedAt();
    }

    /** Returns the notes about omitted data; complete once the whole file has been read. */
    List<String> leftOut() {
        return file.leftOut();
    }

    /** Returns the part of the next record; null at the valid end of the file. */
    @Nullable
    Part peek() throws IOException {
        if (!isRead) {
            next = file.next();
            isRead = true;
        }
        return next == null ? null : next.part();
    }

    /** Returns whether the next record belongs to a section. */
    boolean isIn(Part.Section section) throws IOException {
        Part part = peek();
        return part != null && part.section() == section;
    }

    /** Returns the next record, and moves past it. */
    ExportFileReader.Entry take() throws IOException {
        Part part = Objects.requireNonNull(peek());
        ExportFileReader.Entry entry = Objects.requireNonNull(next);
        if (taken != null && !part.mayFollow(taken.part())) {
            throw ExportFileReader.refused(
                    entry.at(), "a record of " + part.table().name() + " is out of order");
        }
        if (!entry.row().isSound()) {
            throw ExportFileReader.refused(
                    entry.at(),
                    "the row of " + part.table().name() + " does not match its digest, or has an unknown state");
        }
        taken = entry;
        next = null;
        isRead = false;
        return entry;
    }

    /**
     * Inserts the last taken record.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid-frame} if the database refuses it
     */
    void insert(Insertion insertion) throws IOException {
        boolean unused = inserting(() -> {
            insertion.run();
            return true;
        });
    }

    /** Inserts the last taken record, as {@link #insert} does, and returns the result. */
    <T> T inserting(InsertionWithResult<T> insertion) throws IOException {
        ExportFileReader.Entry entry = Objects.requireNonNull(taken);
        try {
            return insertion.run();
        } catch (DataIntegrityViolationException e) {
            throw refused("a row of " + entry.part().table().name()
                    + " contradicts an earlier one or has a value that the database does not accept");
        }
    }

    /** Takes the records of a section one by one, and inserts each as {@link #insert} does. */
    void insertAll(Part.Section section, RowInsertion insertion) throws IOException {
        while (isIn(section)) {
            ExportFileReader.Entry entry = take();
            insert(() -> insertion.insert(entry.part(), entry.row()));
        }
    }

    /** Returns the refusal of the file because of the last taken record. */
    RuntimeException refused(String what) {
        return ExportFileReader.refused(Objects.requireNonNull(taken).at(), what);
    }

    /** Limits the length of the next records; a longer one is refused before its content is read. */
    void limit(long bytes) {
        file.limit(bytes);
    }

    /** Restores the default limit. */
    void unlimit() {
        file.unlimit();
    }
}
