package io.evenkeel.coordinator.problem;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Tells trouble with the database itself (unreachable, disk full, locked for too long) from a mistake in what we asked of it.
 *
 * <p>The first passes, so it is worth the caller's while to try again; the transaction was rolled back, so nothing is half done.
 */
final class StorageTrouble {

    /** SQLSTATE classes: connection, insufficient resources (disk full), operator intervention (shutdown), system error. */
    private static final Set<String> SQL_STATES = Set.of("08", "53", "57", "58");

    /** H2: input or output failed, file corrupted, object closed, connection broken, database closed or locked. */
    private static final Set<Integer> H2_CODES = Set.of(90007, 90020, 90028, 90030, 90031, 90067, 90098, 90121);

    private StorageTrouble() {}

    static boolean isIn(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataAccessResourceFailureException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof CannotCreateTransactionException
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
                || H2_CODES.contains(sql.getErrorCode());
    }
}
