package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.retention.HistoryReading;
import io.evenkeel.coordinator.run.MemberTable;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.ValidatedPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes a run to a file as it is at one instant, while the run continues. Holds one row at a time in memory. Thread-safe. */
@Component
class Exports {

    private static final int FETCHED_AT_ONCE = 16;

    private final JdbcTemplate jdbc;
    private final MemberTable members;
    private final TransactionTemplate snapshot;
    private final HistoryReading history;
    private final Clock clock;

    Exports(
            JdbcTemplate jdbc,
            MemberTable members,
            PlatformTransactionManager transactions,
            HistoryReading history,
            Clock clock) {
        this.jdbc = jdbc;
        this.members = members;
        // Both databases then show everything as it was at the first statement.
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.snapshot.setReadOnly(true);
        this.history = history;
        this.clock = clock;
    }

    /**
     * Writes a run's file.
     *
     * @throws io.evenkeel.coordinator.platform.problem.ProblemException {@code insufficient-memory} before anything is written;
     *     {@code storage-damaged}, and then the file has no end and is refused everywhere
     * @throws UncheckedIOException if the file cannot be written
     */
    void write(PlanCache.Known known, OutputStream out) {
        boolean ignored = history.read(known, "an export", () -> write(known.run(), known.plan(), out));
    }

    private boolean write(long run, ValidatedPlan plan, OutputStream out) {
        snapshot.executeWithoutResult(status -> {
            try {
                RunFileWriter file = new RunFileWriter(out, clock.instant());
                SqlArrayValue clients =
                        new SqlArrayValue("VARCHAR", members.clients(run).toArray());
                for (Part part : Part.values()) {
                    Object parameter = isOfClients(part) ? clients : run;
                    part.table().forEach(jdbc, rowsAtOnce(part, plan), parameter, row -> write(run, part, row, file));
                }
                file.end();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return true;
    }

    private static boolean isOfClients(Part part) {
        return part == Part.TOKEN || part == Part.CLIENT || part == Part.PROFILE;
    }

    private static int rowsAtOnce(Part part, ValidatedPlan plan) {
        return switch (part) {
            case SNAPSHOT, CHECKPOINT, UPDATE -> 1;
            case MESSAGE -> plan.messagesAtOnce(FETCHED_AT_ONCE);
            case RUN, TOKEN, CLIENT, PROFILE, MEMBER, RECORD, REVISION, DRAW, NOISE -> FETCHED_AT_ONCE;
        };
    }

    private static void write(long run, Part part, ExportedRow row, RunFileWriter file) {
        if (!row.isSound()) {
            throw damaged(run, part, row);
        }
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

    private static CorruptionException damaged(long run, Part part, ExportedRow row) {
        boolean isMembers = part == Part.MESSAGE || part == Part.SNAPSHOT;
        return new CorruptionException(
                run,
                (int) row.whole(part == Part.SNAPSHOT ? "compacted_to" : "round_number"),
                isMembers ? (int) row.whole("ordinal") : CorruptionException.NOBODY,
                "a stored row of " + part.table().name() + " is not the one that was written: its digest differs");
    }
}
