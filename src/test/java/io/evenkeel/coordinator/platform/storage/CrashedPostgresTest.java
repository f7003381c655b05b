package io.evenkeel.coordinator.platform.storage;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;

/**
 * Transactions before {@link DurableTransactions#sync} survive a crash of PostgreSQL, and so do the rows that were read
 * before that call.
 */
@OnlyInCi
class CrashedPostgresTest {

    private static final int CRASHES = Boolean.getBoolean("evenkeel.test.full") ? 5 : 2;
    private static final long BETWEEN_LOOKS_NANOS = 100_000;
    private static final long NONE = -1;

    @TempDir
    Path folder;

    private final Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();

    @Test
    void nothingThatWasAcknowledgedIsLost() throws Exception {
        Path files = folder.resolve("data");
        Random random = new Random();
        try (Postgres postgres = Postgres.in(files);
                HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(postgres.newDatabase());
            pool.setConnectionTimeout(2000);
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            // Delayed writes of the log make a crash lose as much as possible.
            jdbc.execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
            jdbc.execute("ALTER SYSTEM SET wal_writer_flush_after = '1GB'");
            jdbc.queryForObject("SELECT pg_reload_conf()", Boolean.class);
            jdbc.execute("CREATE TABLE accepted (id BIGINT PRIMARY KEY)");
            DurableTransactions transactions = new StorageFixture(
                            pool, Dialect.POSTGRESQL, new FolderStore(folder.resolve("objects")))
                    .transactions();
            long next = 0;
            for (int crash = 0; crash < CRASHES; crash++) {
                int until = acknowledged.size() + 50 + random.nextInt(100);
                next = writeUntilCrash(jdbc, transactions, next, until, () -> postgres.crash(files));
                postgres.start();
                // The pool may still pause before it connects again.
                List<Long> kept = eventually()
                        .ignoreExceptionsInstanceOf(CannotGetJdbcConnectionException.class)
                        .until(() -> jdbc.queryForList("SELECT id FROM accepted", Long.class), rows -> true);
                assertThat(kept).containsAll(acknowledged);
            }
        }
    }

    /** Crashes the server. */
    @FunctionalInterface
    private interface Crash {
        void happen() throws Exception;
    }

    /** Writes in one thread and syncs in another, as in the group commit. */
    private long writeUntilCrash(JdbcTemplate jdbc, DurableTransactions transactions, long from, int until, Crash crash)
            throws Exception {
        BlockingQueue<Long> decided = new ArrayBlockingQueue<>(4);
        AtomicBoolean isDown = new AtomicBoolean();
        Thread syncing = new Thread(() -> {
            try {
                for (long id = decided.take(); id != NONE; id = decided.take()) {
                    if (!isDown.get()) {
                        sync(transactions, id, isDown);
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        syncing.start();
        Thread crashing = new Thread(() -> {
            try {
                while (acknowledged.size() < until) {
                    LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
                }
                crash.happen();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        crashing.start();
        long next = from;
        while (!isDown.get()) {
            long id = next++;
            try {
                int unused =
                        transactions.writeBeforeSync(() -> jdbc.update("INSERT INTO accepted (id) VALUES (?)", id));
                decided.put(id);
            } catch (DataAccessException | TransactionException e) {
                isDown.set(true);
            }
        }
        decided.put(NONE);
        syncing.join();
        crashing.join();
        return next;
    }

    private void sync(DurableTransactions transactions, long id, AtomicBoolean isDown) {
        try {
            transactions.sync();
            acknowledged.add(id);
        } catch (DataAccessException e) {
            isDown.set(true);
        }
    }
}
