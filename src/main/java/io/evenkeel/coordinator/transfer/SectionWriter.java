package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.evaluation.EvaluationTable;
import io.evenkeel.coordinator.fleet.FleetTables;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.problem.DatabaseDamage;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.registry.RegistryTables;
import io.evenkeel.coordinator.rollout.RolloutDeviceTable;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.wire.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Writes the sections of one file from the database. Works in the caller's transaction. Not thread-safe. */
final class SectionWriter {

    private final Factory from;
    private final ExportFileWriter file;

    /** Creates writers. Thread-safe. */
    @Component
    static class Factory {

        private final JdbcTemplate jdbc;
        private final StoredBytes bytes;
        private final FleetTables fleet;
        private final MemberTable members;
        private final RegistryTables registry;
        private final RolloutDeviceTable rollouts;

        Factory(
                JdbcTemplate jdbc,
                StoredBytes bytes,
                FleetTables fleet,
                MemberTable members,
                RegistryTables registry,
                RolloutDeviceTable rollouts) {
            this.jdbc = jdbc;
            this.bytes = bytes;
            this.fleet = fleet;
            this.members = members;
            this.registry = registry;
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

    /** Writes the members of a run, and the tokens that admitted them. */
    void devicesOfRun(long run) {
        devices(DeviceIds.of(from.members.clients(run)));
    }

    /** Writes the devices that got a version of a model through a roll-out, and the tokens that admitted them. */
    void devicesOfRollouts(String model) {
        devices(DeviceIds.of(from.rollouts.clients(model)));
    }

    /** Writes all devices, and the tokens that admitted them. */
    void devicesOfAll() {
        devices(from.fleet::clientsAfter);
    }

    private void devices(DeviceIds ids) {
        Set<Object> tokens = new HashSet<>();
        for (Part part : Part.of(Part.Section.DEVICES)) {
            ids.forEachPage(page -> rows(part, part.rowsAtOnce(), new SqlArrayValue("VARCHAR", page.toArray()), row -> {
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
        read(known, this::write);
    }

    /** Describes the damage of a run, empty if it can be written. Reads all of it, and writes nothing. */
    Optional<CorruptionException> damage(PlanCache.Known known) {
        return tried(CorruptionException.class, () -> read(known, (part, row) -> {}));
    }

    /** Describes the damage of a registered model, empty if it can be written. Reads all of it, and writes nothing. */
    Optional<ProblemException> damage(String model) {
        return tried(ProblemException.class, () -> read(model, (part, row) -> {}));
    }

    private <E extends RuntimeException> Optional<E> tried(Class<E> damage, Runnable reading) {
        // PostgreSQL refuses further queries in a transaction after one failed.
        from.jdbc.execute("SAVEPOINT before_reading");
        try {
            reading.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            if (!damage.isInstance(e)) {
                throw e;
            }
            from.jdbc.execute("ROLLBACK TO SAVEPOINT before_reading");
            return Optional.of(damage.cast(e));
        }
    }

    /** Writes that something damaged is missing from the file. */
    void leftOut(String what) {
        try {
            file.leftOut(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(PlanCache.Known known, BiConsumer<Part, ExportedRow> sink) {
        for (Part part : Part.of(Part.Section.RUN)) {
            int atOnce = part == Part.MESSAGE ? known.plan().messagesAtOnce(part.rowsAtOnce()) : part.rowsAtOnce();
            try {
                rows(part, atOnce, known.run(), row -> {
                    if (!row.isSound()) {
                        throw damaged(known.run(), part, row);
                    }
                    sink.accept(part, row);
                });
            } catch (DataAccessException | MissingObjectException e) {
                throw CorruptionException.naming(known.run(), e);
            }
        }
    }

    private static CorruptionException damaged(long run, Part part, ExportedRow row) {
        boolean isMembers = part == Part.MESSAGE || part == Part.SNAPSHOT;
        String round = part == Part.SNAPSHOT ? "compacted_to" : part == Part.CHAIN ? "number" : "round_number";
        return new CorruptionException(
                run,
                (int) row.whole(round),
                isMembers ? (int) row.whole("ordinal") : CorruptionException.NOBODY,
                "a stored row of " + part.table().name() + " is not the one that was written: its digest differs");
    }

    /** Returns the names of all registered models. */
    List<String> models() {
        return from.registry.names();
    }

    /**
     * Writes a registered model.
     *
     * @throws ProblemException {@code storage-damaged} if a file does not match its version, or a row cannot be read
     */
    void model(String model) {
        read(model, this::write);
    }

    private void read(String model, BiConsumer<Part, ExportedRow> sink) {
        try {
            table(Part.MODEL, model, row -> sink.accept(Part.MODEL, row));
            rows(Part.VERSION, Part.VERSION.rowsAtOnce(), model, version -> {
                sink.accept(Part.VERSION, version);
                file(version, piece -> sink.accept(Part.VERSION_FILE, piece(piece)));
            });
            table(Part.ALIAS_CHANGE, model, row -> sink.accept(Part.ALIAS_CHANGE, row));
        } catch (MissingObjectException e) {
            throw damaged("model '" + model + "': " + e.getMessage());
        } catch (DataAccessException e) {
            throw DatabaseDamage.in(e)
                    .<RuntimeException>map(what -> damaged("model '" + model + "': " + what))
                    .orElse(e);
        }
    }

    private void file(ExportedRow version, Consumer<byte[]> sink) {
        MessageDigest sha = Digest.sha256();
        try (OutputStream out = new DigestOutputStream(new PieceStream(sink), sha)) {
            from.registry.copyFile(version, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!HexFormat.of().formatHex(sha.digest()).equals(version.text("sha256"))) {
            throw damaged("the stored file of version " + version.whole("version") + " of model '"
                    + version.text("model") + "' is not the one that was written");
        }
    }

    private static ProblemException damaged(String what) {
        return ProblemKind.STORAGE_DAMAGED.because(
                what, "restore a backup, or delete the version and publish it again");
    }

    private static ExportedRow piece(byte[] bytes) {
        return new ExportedRow(Part.VERSION_FILE.table(), new @Nullable Object[] {bytes});
    }

    /** Writes the roll-outs of a model. */
    void rollouts(String model) {
        Part.of(Part.Section.ROLLOUTS).forEach(part -> table(part, model));
    }

    /** Writes all roll-outs except those of some models. */
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

    /** Writes a run's part in an experiment. */
    void experiments(String run) {
        Part.of(Part.Section.EXPERIMENTS).forEach(part -> table(part, run));
    }

    /** Writes all experiments that have arms, without the arms of some runs. */
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
     * Writes the evaluations of a run or model, by {@link EvaluationTable#aboutRun} or
     * {@link EvaluationTable#aboutModel}; of all if it is null.
     */
    void evaluations(@Nullable String subject) {
        Part.of(Part.Section.EVALUATIONS).forEach(part -> table(part, subject));
    }

    private void table(Part part, @Nullable Object parameter) {
        table(part, parameter, row -> write(part, row));
    }

    private void table(Part part, @Nullable Object parameter, Consumer<ExportedRow> sink) {
        rows(part, part.rowsAtOnce(), parameter, sink);
    }

    private void rows(Part part, int atOnce, @Nullable Object parameter, Consumer<ExportedRow> sink) {
        part.table().forEach(from.jdbc, from.bytes, atOnce, parameter, sink);
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
