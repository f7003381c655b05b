package io.evenkeel.coordinator.platform.storage;

import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs transactions and waits until they are on disk.
 *
 * <p>PostgreSQL syncs its log at each synchronous commit. H2 passes a commit to the operating system, whatever
 * the database's URL says: the commit survives a crash of the process, but it survives a power failure only
 * after a sync. Thread-safe.
 */
@Component
public class DurableTransactions {

    private final TransactionTemplate writing;
    private final TransactionTemplate reading;
    private final TransactionTemplate snapshot;
    private final JdbcTemplate jdbc;
    private final Dialect dialect;

    DurableTransactions(PlatformTransactionManager transactions, DataSource source, Dialect dialect) {
        writing = new TransactionTemplate(transactions);
        reading = new TransactionTemplate(transactions);
        reading.setReadOnly(true);
        snapshot = new TransactionTemplate(transactions);
        snapshot.setReadOnly(true);
        snapshot.setIsolationLevel(dialect.snapshotIsolation());
        jdbc = new JdbcTemplate(source);
        this.dialect = dialect;
        if (dialect == Dialect.H2) {
            // By default H2 delays a write by 500 ms, so a crash would undo commits.
            jdbc.execute("SET WRITE_DELAY 0");
        }
    }

    /**
     * Runs work in a transaction and returns once it is on disk.
     *
     * @throws org.springframework.dao.DataAccessException if the database fails, for instance because the
     *     disk is full; it is then unknown whether the work was done, so it must not be acknowledged
     */
    public <T> T write(Supplier<T> work) {
        T result = writing.execute(status -> work.get());
        if (dialect == Dialect.H2) {
            sync();
        }
        return result;
    }

    /**
     * Runs work in a transaction that other transactions see at once and that is on disk after the next
     * {@link #sync} or any later {@link #write}. The work must not be acknowledged before then. No locks are
     * held during the sync.
     */
    public <T> T writeBeforeSync(Supplier<T> work) {
        return writing.execute(status -> {
            if (dialect == Dialect.POSTGRESQL) {
                jdbc.execute("SET LOCAL synchronous_commit = off");
            }
            return work.get();
        });
    }

    /**
     * Waits until every transaction that has ended is on disk, including those of other coordinators.
     *
     * <p>PostgreSQL's log is sequential, so the synchronous commit of one transaction covers all earlier
     * ones, also on synchronous standbys. PostgreSQL waits only at the commit of a transaction that writes to
     * the log; the smallest such write is a message for logical decoding.
     */
    public void sync() {
        jdbc.execute(
                switch (dialect) {
                    case H2 -> "CHECKPOINT SYNC";
                    case POSTGRESQL -> "SELECT pg_logical_emit_message(true, 'evenkeel', '')";
                });
    }

    /**
     * Runs read-only work whose results may be sent to a device: a crash of the database's process does not
     * undo the data that was read. H2 passes changes to the operating system before other transactions can
     * see them.
     */
    public <T> T readDurable(Supplier<T> work) {
        T result = read(work);
        if (dialect == Dialect.POSTGRESQL) {
            sync();
        }
        return result;
    }

    /** Runs work without a result as {@link #write(Supplier)} does. */
    public void write(Runnable work) {
        write(() -> {
            work.run();
            return true;
        });
    }

    /**
     * Runs work in a transaction without a sync. A power failure may undo it, but a crash of the process does
     * not.
     */
    public void writeLazily(Runnable work) {
        writing.executeWithoutResult(status -> work.run());
    }

    /** Runs read-only work in one transaction. */
    public <T> T read(Supplier<T> work) {
        return reading.execute(status -> work.get());
    }

    /**
     * Runs read-only work that sees all tables as they are at its first statement. Must not be called inside
     * a transaction.
     */
    public <T> T readSnapshot(Supplier<T> work) {
        return snapshot.execute(status -> work.get());
    }
}
