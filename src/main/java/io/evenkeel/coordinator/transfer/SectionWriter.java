package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.evaluation.EvaluationTable;
import io.evenkeel.coordinator.fleet.FleetTables;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.rollout.RolloutDeviceTable;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Writes the sections of one file. Works in the caller's transaction. Not thread-safe. */
final class SectionWriter {

    private final Factory from;
    private final ExportFileWriter file;

    /** Creates writers. Thread-safe. */
    @Component
    static class Factory {

        private final SectionReader reader;
        private final FleetTables fleet;
        private final MemberTable members;
        private final RolloutDeviceTable rollouts;

        Factory(SectionReader reader, FleetTables fleet, MemberTable members, RolloutDeviceTable rollouts) {
            this.reader = reader;
            this.fleet = fleet;
            this.members = members;
            this.rollouts = rollouts;
        }

        /** Returns a writer for a file. */
        SectionWriter writer(ExportFileWriter file) {
            return new SectionWriter(this, file);
        }
    }

    private SectionWriter(Factory from, ExportFileWriter file) {
        this.from = from;
        this.file = file;
    }

    /** Returns the reader that provides the sections. */
    SectionReader reader() {
        return from.reader;
    }

    /** Writes the devices of a run, and the tokens with which they enrolled. */
    void devicesOfRun(long run) {
        devices(DeviceIds.of(from.members.clients(run)));
    }

    /** Writes the devices that got a version of a model through a roll-out, and the tokens with which they enrolled. */
    void devicesOfRollouts(String model) {
        devices(DeviceIds.of(from.rollouts.clients(model)));
    }

    /** Writes all devices, and the tokens with which they enrolled. */
    void devicesOfAll() {
        devices(from.fleet::clientsAfter);
    }

    private void devices(DeviceIds ids) {
        Set<Object> tokens = new HashSet<>();
        for (Part part : Part.of(Part.Section.DEVICES)) {
            ids.forEachPage(page ->
                    from.reader.rows(part, part.rowsAtOnce(), new SqlArrayValue("VARCHAR", page.toArray()), row -> {
                        if (part != Part.TOKEN || tokens.add(row.text("id"))) {
                            write(part, row);
                        }
                    }));
        }
    }

    /**
     * Writes a run.
     *
     * @throws CorruptionException if a row is damaged
     */
    void run(PlanCache.Known known) {
        from.reader.run(known, this::write);
    }

    /** Records in a sentence what damaged data was omitted from the file. */
    void leftOut(String what) {
        try {
            file.leftOut(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes a registered model.
     *
     * @throws ProblemException {@code storage-damaged} if a file does not match its version, or a row cannot be read
     */
    void model(String model) {
        from.reader.model(model, this::write);
    }

    /** Writes the roll-outs of a model. */
    void rollouts(String model) {
        Part.of(Part.Section.ROLLOUTS).forEach(part -> table(part, model));
    }

    /** Writes all roll-outs except those of the given models. */
    void rolloutsWithout(Set<String> models) {
        Set<String> leftOut = new HashSet<>();
        table(Part.ROLLOUT, null, rollout -> {
            if (models.contains(rollout.text("model"))) {
                leftOut.add(rollout.text("id"));
            } else {
                write(Part.ROLLOUT, rollout);
            }
        });
        Part.of(Part.Section.ROLLOUTS).stream()
                .filter(part -> part != Part.ROLLOUT)
                .forEach(part -> table(part, null, row -> {
                    if (!leftOut.contains(row.text("rollout_id"))) {
                        write(part, row);
                    }
                }));
    }

    /** Writes a run's experiment, with only the arm of this run. */
    void experiments(String run) {
        Part.of(Part.Section.EXPERIMENTS).forEach(part -> table(part, run));
    }

    /**
     * Writes all experiments and their arms, except the arms of the given runs and experiments without other arms.
     */
    void experimentsWithout(Set<String> runs) {
        Set<String> whole = new HashSet<>();
        Predicate<ExportedRow> isKept = arm -> !runs.contains(arm.text("run"));
        table(Part.EXPERIMENT_ARM, null, arm -> {
            if (isKept.test(arm)) {
                whole.add(arm.text("experiment"));
            }
        });
        table(Part.EXPERIMENT, null, row -> {
            if (whole.contains(row.text("name"))) {
                write(Part.EXPERIMENT, row);
            }
        });
        table(Part.EXPERIMENT_ARM, null, arm -> {
            if (isKept.test(arm)) {
                write(Part.EXPERIMENT_ARM, arm);
            }
        });
    }

    /**
     * Writes evaluations.
     *
     * @param subject a run or model, from {@link EvaluationTable#aboutRun} or {@link EvaluationTable#aboutModel}; null
     *     for all evaluations
     */
    void evaluations(@Nullable String subject) {
        Part.of(Part.Section.EVALUATIONS).forEach(part -> table(part, subject));
    }

    private void table(Part part, @Nullable Object parameter) {
        table(part, parameter, row -> write(part, row));
    }

    private void table(Part part, @Nullable Object parameter, Consumer<ExportedRow> sink) {
        from.reader.rows(part, part.rowsAtOnce(), parameter, sink);
    }

    private void write(Part part, ExportedRow row) {
        try {
            file.record(part.kind(), data -> {
                for (ExportedColumn column : part.table().columns()) {
                    FieldCodec.write(column.type(), row.get(column.name()), data);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
