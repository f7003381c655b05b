package io.evenkeel.coordinator.platform.storage;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Keeps PostgreSQL from ending a transaction that waits for a slow client or a slow object store. Thread-safe. */
@Component
public class IdleTransactions {

    private final JdbcTemplate jdbc;
    private final Dialect dialect;

    IdleTransactions(JdbcTemplate jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
    }

    /**
     * Allows the current transaction to be idle for any length of time. The transaction must hold no lock
     * that others need: such locks are the reason why {@link PostgresConnections} limits the idle time.
     */
    public void allow() {
        if (dialect == Dialect.POSTGRESQL) {
            jdbc.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
        }
    }

    /**
     * Allows the current transaction to be idle for any length of time if it is read-only, because then it
     * holds no lock that others need.
     */
    void allowIfReadOnly() {
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            allow();
        }
    }
}
