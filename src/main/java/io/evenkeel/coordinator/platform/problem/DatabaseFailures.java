package io.evenkeel.coordinator.platform.problem;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.hibernate.TransactionException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Distinguishes failures of the database (unreachable, disk full, locked for too long) from errors in a
 * statement.
 *
 * <p>A failure is temporary, so the caller should try again. Transactions are atomic. It is unknown whether a
 * transaction took effect only if the commit itself failed.
 */
public final class DatabaseFailures {

    /**
     * SQLSTATE classes: connection, insufficient resources (disk full), operator intervention (shutdown),
     * system error.
     */
    private static final Set<String> SQL_STATES = Set.of("08", "53", "57", "58");

    /**
     * The SQLSTATE of a write to a read-only server: PostgreSQL's primary has become a standby, or its disk
     * is read-only.
     */
    private static final String READ_ONLY = "25006";

    /**
     * H2's error codes: input or output failed, file corrupted, object closed, connection broken, database
     * closed or locked.
     */
    private static final Set<Integer> H2_CODES = Set.of(90007, 90020, 90028, 90030, 90031, 90067, 90098, 90121);

    /** The maximum number of causes to search, because causes may form a cycle. */
    private static final int DEPTH = 32;

    private DatabaseFailures() {}

    /**
     * Returns whether a failure or one of its causes is a failure of the database. Includes Hibernate's
     * TransactionException: if a connection breaks within a transaction, the pool closes it before the
     * rollback, and reports that without an SQLSTATE.
     */
    static boolean isIn(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < DEPTH; i++, cause = cause.getCause()) {
            if (cause instanceof DataAccessResourceFailureException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof TransactionException
                    || (cause instanceof SQLException sql && isTrouble(sql))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTrouble(SQLException sql) {
        String state = sql.getSQLState();
        return sql instanceof SQLTransientException
                || sql instanceof SQLRecoverableException
                || sql instanceof SQLNonTransientConnectionException
                || (state != null && state.length() == 5 && SQL_STATES.contains(state.substring(0, 2)))
                || makesConnectionUseless(sql);
    }

    /**
     * Returns whether the connection no longer works, although it claims to be valid, while a new one may
     * work.
     *
     * <p>A connection to a former PostgreSQL primary is now a connection to a standby. H2 closes its database
     * after the first failed write, for example on a full disk; a new connection opens it again.
     */
    public static boolean makesConnectionUseless(SQLException sql) {
        return READ_ONLY.equals(sql.getSQLState()) || H2_CODES.contains(sql.getErrorCode()) || isOverInputOrOutput(sql);
    }

    /**
     * Searches the causes, because H2 reports a failed write within a commit as a general error, and only the
     * innermost cause contains the reason.
     */
    private static boolean isOverInputOrOutput(SQLException sql) {
        Throwable cause = sql.getCause();
        for (int i = 0; cause != null && i < DEPTH; i++, cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }
}
