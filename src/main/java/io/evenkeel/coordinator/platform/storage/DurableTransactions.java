package io.evenkeel.coordinator.platform.storage;

import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs transactions and returns once they are on disk.
 *
 * <p>PostgreSQL syncs its log at each commit. H2 with {@code WRITE_DELAY=0} passes a commit to the operating system: it survives the
 * death of the process, but survives a loss of power only after a sync. Thread-safe.
 */
@Component
public class DurableTransactions {

    private final TransactionTemplate writing;
    private final TransactionTemplate reading;
    private final JdbcTemplate jdbc;
    private final boolean syncs;

    DurableTransactions(PlatformTransactionManager transactions, DataSource source, Dialect dialect) {
        writing = new TransactionTemplate(transactions);
        reading = new TransactionTemplate(transactions);
        reading.setReadOnly(true);
        jdbc = new JdbcTemplate(source);
        syncs = dialect == Dialect.H2;
    }

    /**
     * Runs work in a transaction and returns once it is on disk.
     *
     * @throws org.springframework.dao.DataAccessException if the database fails, for instance because the disk is full; whether the work
     *     was done is then uncertain, so it must not be acknowledged
     */
    public <T> T write(Supplier<T> work) {
        T result = writing.execute(status -> work.get());
        if (syncs) {
            jdbc.execute("CHECKPOINT SYNC");
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

    /** Runs work in a transaction without a sync: a loss of power may undo it, the death of the process does not. */
    public void writeLazily(Runnable work) {
        writing.executeWithoutResult(status -> work.run());
    }

    /** Runs work that only reads in one transaction. */
    public <T> T read(Supplier<T> work) {
        return reading.execute(status -> work.get());
    }
}
