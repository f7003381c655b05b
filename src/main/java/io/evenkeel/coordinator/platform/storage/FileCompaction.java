package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Compacts H2's file in small steps, so that the space of deleted rows is reused.
 *
 * <p>H2 reuses the space of a commit's pages only when none of them is in use, so the pages still in use must
 * be rewritten elsewhere. H2 has a thread for this but stops it when writes are not delayed
 * ({@link DurableTransactions}), so the file would grow with every message. Does nothing with PostgreSQL, which has its own autovacuum.
 */
@Component
class FileCompaction extends BackgroundWork {

    /** The minimum share of the file's pages that should be in use, in percent. */
    private static final int FILL = 50;

    /** The maximum number of bytes that a step rewrites. Limited, because commits wait for a step. */
    private static final int STEP_BYTES = 4 << 20;

    private static final Duration PERIOD = Duration.ofMillis(250);

    private final JdbcTemplate jdbc;

    FileCompaction(DataSource source, Dialect dialect, FailureLog failures) {
        super("compaction", dialect == Dialect.H2 ? PERIOD : Duration.ZERO, failures);
        this.jdbc = new JdbcTemplate(source);
    }

    @Override
    protected void work() {
        repeatWithRests(this::step);
    }

    /**
     * Rewrites the used pages in the emptiest old parts of the file; returns false if there is nothing to
     * rewrite.
     */
    boolean step() {
        return Boolean.TRUE.equals(jdbc.execute((ConnectionCallback<Boolean>) connection -> {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            return session.getDatabase().getStore().getMvStore().compact(FILL, STEP_BYTES);
        }));
    }
}
