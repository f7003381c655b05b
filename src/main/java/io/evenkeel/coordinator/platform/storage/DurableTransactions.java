package io.evenkeel.coordinator.platform.storage;

import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that are on the disk when they return.
 *
 * <p>PostgreSQL syncs its log at each commit. H2 with {@code WRITE_DELAY=0} hands a commit to the operating system, which
 * survives the process being killed; a loss of power it survives only once told to sync. Thread-safe.
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
     * Does work in a transaction and returns once it is on the disk.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot, for instance because the disk is full; the
     *     work's fate is then uncertain, and nobody must be told that it is done
     */
    public <T> T write(Supplier<T> work) {
        T result = writing.execute(status -> work.get());
        if (syncs) {
            jdbc.execute("CHECKPOINT SYNC");
        }
        return result;
    }

    /** As {@link #write(Supplier)}, without a result. */
    public void write(Runnable work) {
        write(() -> {
            work.run();
            return true;
        });
    }

    /** Does work in a transaction that may be lost with the power, and with nothing less: the disk is not told to sync. */
    public void writeLazily(Runnable work) {
        writing.executeWithoutResult(status -> work.run());
    }

    /** Does work that only reads in one transaction. */
    public <T> T read(Supplier<T> work) {
        return reading.execute(status -> work.get());
    }
}
