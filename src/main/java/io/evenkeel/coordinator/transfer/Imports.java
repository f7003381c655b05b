package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunDefinition;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import io.evenkeel.coordinator.run.ValidatedPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a run's file into the database: all of it, or nothing if a byte is wrong. Thread-safe. */
@Component
class Imports {

    private static final long BESIDE_VALUES = 1 << 20;

    private final RunFileImporter importer;
    private final RunRepository runs;
    private final DurableTransactions transactions;
    private final JsonMapper json;
    private final RunMemory memory;
    private final ApplicationEventPublisher events;

    Imports(
            RunFileImporter importer,
            RunRepository runs,
            DurableTransactions transactions,
            JsonMapper json,
            RunMemory memory,
            ApplicationEventPublisher events) {
        this.importer = importer;
        this.runs = runs;
        this.transactions = transactions;
        this.json = json;
        this.memory = memory;
        this.events = events;
    }

    /**
     * Imports a run. One that was running is paused, so that the operator says when its devices come here.
     *
     * @return its name
     * @throws ProblemException {@code invalid-frame} with the position, {@code name-taken}, {@code insufficient-memory},
     *     {@code conflict} if a client's id is
     *     another device's here
     * @throws IOException if the stream breaks
     */
    String read(InputStream in) throws IOException {
        Imported imported;
        try {
            imported = transactions.write(() -> {
                try {
                    return read(new RunFileReader(in));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
        events.publishEvent(new RunChanged(imported.run()));
        return imported.name();
    }

    private record Imported(long run, String name) {}

    private Imported read(RunFileReader file) throws IOException {
        RunFileReader.Entry first = file.next();
        if (first == null || first.part() != Part.RUN) {
            throw RunFileReader.refused(file.recordAt(), "the first record is not the run");
        }
        ValidatedPlan plan = requirePlan(file, first.row());
        requireState(file, first.row());
        requireFree(plan.name());
        memory.requireRoom(plan);
        RunFileImporter.Import rows =
                inserting(file, Part.RUN, () -> importer.begin(first.row(), plan, file.exportedAt()));
        // The longest are checkpoints, of x and S, and messages.
        file.limit(Math.max(2L * Double.BYTES * plan.dimension(), plan.maxMessageBytes()) + BESIDE_VALUES);
        return memory.borrowing("the import of run '" + plan.name() + "'", memory.work(plan), () -> {
            try {
                insertAll(file, rows);
                return new Imported(rows.run(), plan.name());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void insertAll(RunFileReader file, RunFileImporter.Import rows) throws IOException {
        Part last = Part.RUN;
        for (RunFileReader.Entry next = file.next(); next != null; next = file.next()) {
            Part part = next.part();
            ExportedRow row = next.row();
            if (part == Part.RUN || part.compareTo(last) < 0) {
                throw RunFileReader.refused(
                        file.recordAt(), "a record of " + part.table().name() + " is out of order");
            }
            if (!row.isSound()) {
                throw RunFileReader.refused(
                        file.recordAt(), "the row of " + part.table().name() + " does not match its digest");
            }
            last = part;
            inserting(file, part, () -> {
                rows.insert(part, row);
                return part;
            });
        }
        Part part = last;
        inserting(file, part, () -> {
            rows.finish();
            return part;
        });
    }

    private static <T> T inserting(RunFileReader file, Part part, Supplier<T> insertion) {
        try {
            return insertion.get();
        } catch (DataIntegrityViolationException e) {
            throw RunFileReader.refused(
                    file.recordAt(),
                    "a row of " + part.table().name()
                            + " contradicts one before it or has a value that the database does not take");
        }
    }

    private ValidatedPlan requirePlan(RunFileReader file, ExportedRow run) {
        try {
            @Nullable RunDefinition definition = json.readValue(run.text("definition"), RunDefinition.class);
            if (definition == null) {
                throw RunFileReader.refused(file.recordAt(), "the run has no definition");
            }
            ValidatedPlan plan = ValidatedPlan.of(definition);
            if (!plan.name().equals(run.text("name"))) {
                throw RunFileReader.refused(file.recordAt(), "the run's name is not that of its definition");
            }
            return plan;
        } catch (JacksonException e) {
            throw RunFileReader.refused(file.recordAt(), "the run's definition cannot be read");
        }
    }

    private static void requireState(RunFileReader file, ExportedRow run) {
        String state = run.text("state");
        if (Arrays.stream(RunState.values()).noneMatch(known -> known.name().equals(state))) {
            throw RunFileReader.refused(file.recordAt(), "the run's state is not one that a run can be in");
        }
    }

    private void requireFree(String name) {
        if (runs.findByName(name).isPresent()) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "there is a run named '" + name + "' already; nothing was imported",
                            "import it into another coordinator: devices know a run by its name")
                    .with("field", "name");
        }
    }
}
