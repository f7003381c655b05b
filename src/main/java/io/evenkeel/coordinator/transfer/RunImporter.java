package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.core.secagg.StateBackup;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Imports a run. Pauses a running run, so that the operator decides when its devices use this coordinator. */
@Component
class RunImporter implements SectionImporter {

    /** The limit for the rest of a record, apart from vectors: the longest texts have a million characters. */
    private static final long MAX_TEXT_BYTES = 16L << 20;

    private final RunRows rows;
    private final RunTable runs;
    private final JsonMapper json;
    private final RunMemory memory;

    RunImporter(RunRows rows, RunTable runs, JsonMapper json, RunMemory memory) {
        this.rows = rows;
        this.runs = runs;
        this.json = json;
        this.memory = memory;
    }

    @Override
    public Part.Section section() {
        return Part.Section.RUN;
    }

    /**
     * Imports the run at the cursor.
     *
     * @throws io.evenkeel.engine.problem.ProblemException also {@code name-taken}, {@code insufficient-memory}
     */
    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        ExportFileReader.Entry first = records.take();
        ExportedRow run = first.row();
        if (first.part() != Part.RUN) {
            throw records.refused("a row of a run comes before the run");
        }
        ValidatedPlan plan = plan(records, run);
        requireFree(plan.name());
        memory.requireRoom(plan);
        // The longest records are checkpoints, messages, and devices' encrypted copies of their vectors.
        long vectors = Math.max(
                memory.checkpoint(plan), StateBackup.mostBytes(plan.algorithm().feedback(), plan.dimension()));
        records.limit(Math.max(vectors, plan.maxMessageBytes()) + MAX_TEXT_BYTES);
        boolean unused = memory.borrowing("the import of run '" + plan.name() + "'", memory.importing(plan), () -> {
            try {
                insertAll(records, run, plan, result);
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        records.unlimit();
        result.runs.add(plan.name());
        if (run.text("state").equals(RunState.RUNNING.name())) {
            result.paused.add("run '" + plan.name() + "'");
        }
    }

    private void insertAll(RecordCursor records, ExportedRow run, ValidatedPlan plan, ImportResult result)
            throws IOException {
        RunRows.Insertion insertion = records.inserting(() -> rows.begin(run, plan, records.exportedAt()));
        result.runKeys.add(insertion.run());
        while (records.isIn(section()) && records.peek() != Part.RUN) {
            ExportFileReader.Entry next = records.take();
            records.insert(() -> insertion.add(next.part(), next.row()));
        }
        records.insert(insertion::finish);
    }

    private ValidatedPlan plan(RecordCursor records, ExportedRow run) {
        if (!run.isNamed("state", RunState.class)) {
            throw records.refused("the run's state is invalid");
        }
        try {
            @Nullable RunDefinition definition = json.readValue(run.text("definition"), RunDefinition.class);
            if (definition == null) {
                throw records.refused("the run has no definition");
            }
            ValidatedPlan plan = ValidatedPlan.of(definition);
            if (!plan.name().equals(run.text("name"))) {
                throw records.refused("the run's name differs from that in its definition");
            }
            return plan;
        } catch (JacksonException e) {
            throw records.refused("the run's definition cannot be read");
        }
    }

    private void requireFree(String name) {
        if (runs.isTaken(name)) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "run '" + name + "' already exists; nothing was imported",
                            "import it into another coordinator: devices know a run by its name")
                    .with("field", "name");
        }
    }
}
