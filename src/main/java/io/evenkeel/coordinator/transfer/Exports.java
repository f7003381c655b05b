package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.retention.HistoryLocks;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes a run, as it stands at one instant, to a file, while it goes on. A row at a time in memory. Thread-safe. */
@Component
class Exports {

    private static final int FETCHED_AT_ONCE = 16;

    private final DataSource source;
    private final TransactionTemplate snapshot;
    private final HistoryLocks pins;
    private final RunMemory memory;
    private final Clock clock;

    Exports(
            DataSource source,
            PlatformTransactionManager transactions,
            HistoryLocks pins,
            RunMemory memory,
            Clock clock) {
        this.source = source;
        // Both databases then show everything as it was at the first statement.
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.snapshot.setReadOnly(true);
        this.pins = pins;
        this.memory = memory;
        this.clock = clock;
    }

    /**
     * Writes a run's file.
     *
     * @throws CorruptionException if something stored is not what was written; the file has no end then and is refused everywhere
     * @throws io.evenkeel.coordinator.platform.problem.ProblemException {@code insufficient-memory}, before anything is written
     * @throws UncheckedIOException if the file cannot be written
     */
    void write(PlanCache.Known known, OutputStream out) {
        boolean ignored = memory.borrowing(
                "an export of run '" + known.plan().name() + "'",
                memory.work(known.plan()),
                () -> pins.reading(known.run(), () -> write(known.run(), known.plan(), out)));
    }

    private boolean write(long run, RunPlan plan, OutputStream out) {
        snapshot.executeWithoutResult(status -> {
            try {
                RunFileWriter file = new RunFileWriter(out, clock.instant());
                for (Part part : Part.values()) {
                    write(run, part, rowsAtOnce(part, plan), file);
                }
                file.end();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return true;
    }

    private static int rowsAtOnce(Part part, RunPlan plan) {
        return switch (part) {
            case SNAPSHOT, CHECKPOINT, UPDATE -> 1;
            case MESSAGE -> plan.messagesAtOnce(FETCHED_AT_ONCE);
            case RUN, TOKEN, CLIENT, MEMBER, RECORD -> FETCHED_AT_ONCE;
        };
    }

    private void write(long run, Part part, int rowsAtOnce, RunFileWriter file) {
        JdbcTemplate streams = new JdbcTemplate(source);
        streams.setFetchSize(rowsAtOnce);
        streams.query(
                part.select(),
                row -> {
                    write(run, read(part, row), file);
                },
                run);
    }

    private static Row read(Part part, ResultSet row) throws SQLException {
        @Nullable Object[] values = new @Nullable Object[part.columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = part.columns().get(i).read(row, i + 1);
        }
        return new Row(part, values);
    }

    private static void write(long run, Row row, RunFileWriter file) {
        if (!row.isSound()) {
            throw damaged(run, row);
        }
        try {
            file.record(row.part().kind(), data -> {
                for (Column column : row.part().columns()) {
                    column.write(row.get(column.name()), data);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CorruptionException damaged(long run, Row row) {
        boolean isMembers = row.part() == Part.MESSAGE || row.part() == Part.SNAPSHOT;
        return new CorruptionException(
                run,
                (int) row.whole(row.part() == Part.SNAPSHOT ? "folded_to" : "round_number"),
                isMembers ? (int) row.whole("ordinal") : CorruptionException.NOBODY,
                "a stored row of " + row.part().table() + " is not the one that was written: its digest differs");
    }
}
