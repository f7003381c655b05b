package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.problem.DatabaseDamage;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.registry.RegistryTables;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Reads the sections of a file from the database, and finds damaged data. Works in the caller's transaction.
 * Thread-safe.
 */
@Component
class SectionReader {

    private final JdbcTemplate jdbc;
    private final StoredBytes bytes;
    private final RegistryTables registry;

    SectionReader(JdbcTemplate jdbc, StoredBytes bytes, RegistryTables registry) {
        this.jdbc = jdbc;
        this.bytes = bytes;
        this.registry = registry;
    }

    /** Returns the damage to a run; empty if all of it can be read. */
    Optional<CorruptionException> damage(PlanCache.Known known) {
        return tried(CorruptionException.class, () -> run(known, (part, row) -> {}));
    }

    /** Returns the damage to a registered model; empty if all of it can be read. */
    Optional<ProblemException> damage(String model) {
        return tried(ProblemException.class, () -> model(model, (part, row) -> {}));
    }

    private <E extends RuntimeException> Optional<E> tried(Class<E> damage, Runnable reading) {
        // After a failed query, PostgreSQL refuses all further ones in the transaction.
        jdbc.execute("SAVEPOINT before_reading");
        try {
            reading.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            if (!damage.isInstance(e)) {
                throw e;
            }
            jdbc.execute("ROLLBACK TO SAVEPOINT before_reading");
            return Optional.of(damage.cast(e));
        }
    }

    /**
     * Reads a run.
     *
     * @throws CorruptionException if a row is damaged
     */
    void run(PlanCache.Known known, BiConsumer<Part, ExportedRow> sink) {
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
                "a stored row of " + part.table().name()
                        + " differs from the one that was written: its digest does not match");
    }

    /** Returns the names of all registered models. */
    List<String> models() {
        return registry.names();
    }

    /**
     * Reads a registered model.
     *
     * @throws ProblemException {@code storage-damaged} if a file does not match its version, or a row cannot be read
     */
    void model(String model, BiConsumer<Part, ExportedRow> sink) {
        try {
            rows(Part.MODEL, Part.MODEL.rowsAtOnce(), model, row -> sink.accept(Part.MODEL, row));
            rows(Part.VERSION, Part.VERSION.rowsAtOnce(), model, version -> {
                sink.accept(Part.VERSION, version);
                file(version, piece -> sink.accept(Part.VERSION_FILE, piece(piece)));
            });
            rows(Part.ALIAS_CHANGE, Part.ALIAS_CHANGE.rowsAtOnce(), model, row -> sink.accept(Part.ALIAS_CHANGE, row));
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
            registry.copyFile(version, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!HexFormat.of().formatHex(sha.digest()).equals(version.text("sha256"))) {
            throw damaged("the stored file of version " + version.whole("version") + " of model '"
                    + version.text("model") + "' differs from the one that was written");
        }
    }

    private static ProblemException damaged(String what) {
        return ProblemKind.STORAGE_DAMAGED.because(
                what, "restore a backup, or delete the version and publish it again");
    }

    private static ExportedRow piece(byte[] bytes) {
        return new ExportedRow(Part.VERSION_FILE.table(), new @Nullable Object[] {bytes});
    }

    /** Reads the rows of a part, given the parameter of its query. */
    void rows(Part part, int atOnce, @Nullable Object parameter, Consumer<ExportedRow> sink) {
        part.table().forEach(jdbc, bytes, atOnce, parameter, sink);
    }
}
