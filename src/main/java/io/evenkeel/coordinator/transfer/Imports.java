package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.IdleTransactions;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.engine.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Imports an export into the database, either completely or not at all. Thread-safe. */
@Component
class Imports {

    private final Map<Part.Section, SectionImporter> importers;
    private final DurableTransactions transactions;
    private final IdleTransactions idle;
    private final ApplicationEventPublisher events;

    Imports(
            List<SectionImporter> importers,
            DurableTransactions transactions,
            IdleTransactions idle,
            ApplicationEventPublisher events) {
        this.importers = importers.stream().collect(Collectors.toMap(SectionImporter::section, Function.identity()));
        this.transactions = transactions;
        this.idle = idle;
        this.events = events;
    }

    /**
     * Imports a file. Runs and roll-outs that were running are paused.
     *
     * @param by the operator's name
     * @throws ProblemException {@code invalid-frame} with the position, {@code name-taken},
     *     {@code insufficient-memory}, {@code conflict} if a client's id belongs to another device here
     * @throws IOException if the stream breaks
     */
    ImportResult read(InputStream in, String by) throws IOException {
        ImportResult result;
        try {
            result = transactions.write(() -> {
                idle.allow();
                try {
                    return insert(new RecordCursor(in), new ImportResult(by));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
        result.runKeys.forEach(run -> events.publishEvent(new RunChanged(run)));
        return result;
    }

    private ImportResult insert(RecordCursor records, ImportResult result) throws IOException {
        for (Part next = records.peek(); next != null; next = records.peek()) {
            Objects.requireNonNull(importers.get(next.section())).read(records, result);
        }
        result.leftOut.addAll(records.leftOut());
        return result;
    }
}
