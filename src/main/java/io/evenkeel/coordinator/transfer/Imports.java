package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.message.PayloadKeys;
import io.evenkeel.coordinator.platform.problem.Problem;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunDefinition;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.coordinator.run.RunState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a run's file into the database, all of it or, if a single byte is wrong, nothing. Thread-safe. */
@Component
class Imports {

    private static final long BESIDE_VALUES = 1 << 20;

    private final JdbcTemplate jdbc;
    private final PayloadKeys keys;
    private final DurableTransactions transactions;
    private final JsonMapper json;
    private final RunMemory memory;
    private final ApplicationEventPublisher events;

    Imports(
            JdbcTemplate jdbc,
            PayloadKeys keys,
            DurableTransactions transactions,
            JsonMapper json,
            RunMemory memory,
            ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.keys = keys;
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
        RunFileImporter rows = new RunFileImporter(jdbc, keys);
        String name = inOneTransaction(in, rows);
        events.publishEvent(new RunChanged(rows.run()));
        return name;
    }

    private String inOneTransaction(InputStream in, RunFileImporter rows) throws IOException {
        try {
            return transactions.write(() -> {
                try {
                    return read(new RunFileReader(in), rows);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
    }

    private String read(RunFileReader file, RunFileImporter rows) throws IOException {
        Row first = file.next();
        if (first == null || first.part() != Part.RUN) {
            throw RunFileReader.refused(file.recordAt(), "the first record is not the run");
        }
        RunPlan plan = requirePlan(file, first);
        requireState(file, first);
        requireFree(plan.name());
        memory.requireRoom(plan);
        insert(file, Part.RUN, () -> rows.insertRun(first, file.exportedAt()));
        // The longest are checkpoints, of x and S, and messages.
        file.limit(Math.max(2L * Double.BYTES * plan.dimension(), plan.maxMessageBytes()) + BESIDE_VALUES);
        return memory.borrowing(
                "the import of run '" + plan.name() + "'", memory.work(plan), () -> insertAll(file, rows, plan));
    }

    private String insertAll(RunFileReader file, RunFileImporter rows, RunPlan plan) {
        try {
            insertAll(file, rows);
            return plan.name();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void insertAll(RunFileReader file, RunFileImporter rows) throws IOException {
        Part last = Part.RUN;
        for (Row next = file.next(); next != null; next = file.next()) {
            Row row = next;
            if (row.part() == Part.RUN || row.part().compareTo(last) < 0) {
                throw RunFileReader.refused(
                        file.recordAt(), "a record of " + row.part().table() + " is out of order");
            }
            if (!row.isSound()) {
                throw RunFileReader.refused(
                        file.recordAt(), "the row of " + row.part().table() + " does not match its digest");
            }
            last = row.part();
            insert(file, last, () -> rows.insert(row));
        }
        insert(file, last, rows::finish);
    }

    private static void insert(RunFileReader file, Part part, Runnable insertion) {
        try {
            insertion.run();
        } catch (DataIntegrityViolationException e) {
            throw RunFileReader.refused(
                    file.recordAt(),
                    "a row of " + part.table()
                            + " contradicts one before it or has a value that the database does not take");
        }
    }

    private RunPlan requirePlan(RunFileReader file, Row run) {
        try {
            @Nullable RunDefinition definition = json.readValue(run.text("definition"), RunDefinition.class);
            if (definition == null) {
                throw RunFileReader.refused(file.recordAt(), "the run has no definition");
            }
            RunPlan plan = RunPlan.of(definition);
            if (!plan.name().equals(run.text("name"))) {
                throw RunFileReader.refused(file.recordAt(), "the run's name is not that of its definition");
            }
            return plan;
        } catch (JacksonException e) {
            throw RunFileReader.refused(file.recordAt(), "the run's definition cannot be read");
        }
    }

    private static void requireState(RunFileReader file, Row run) {
        String state = run.text("state");
        if (Arrays.stream(RunState.values()).noneMatch(known -> known.name().equals(state))) {
            throw RunFileReader.refused(file.recordAt(), "the run's state is not one that a run can be in");
        }
    }

    private void requireFree(String name) {
        Integer taken = jdbc.queryForObject("SELECT COUNT(*) FROM run WHERE name = ?", Integer.class, name);
        if (taken == null || taken > 0) {
            throw Problem.NAME_TAKEN
                    .because(
                            "there is a run named '" + name + "' already; nothing was imported",
                            "import it into another coordinator: devices know a run by its name")
                    .with("field", "name");
        }
    }
}
