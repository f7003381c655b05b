package io.evenkeel.coordinator.platform.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Makes the room that dropped rows have left in H2's file usable again, in a thread of its own and small steps. Such room is free only
 * once no page of the same commit is alive, so the last ones have to be written anew. H2 has a thread for that, but not with
 * {@code WRITE_DELAY=0}: the file would grow by every message that ever came. PostgreSQL has its autovacuum, and this does nothing.
 */
@Component
class FileCompaction implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(FileCompaction.class);

    /** How much of what is written of the file is to be alive, in percent. */
    private static final int FILL = 50;

    /** How many bytes a step writes anew at most: commits wait for it. */
    private static final int STEP_BYTES = 4 << 20;

    /** How long a step is followed by none, in times what it took. */
    private static final int PAUSES = 2;

    private static final long MILLIS_BETWEEN_LOOKS = 250;

    private final DataSource source;
    private final boolean needed;
    private volatile ScheduledExecutorService executor = newExecutor();
    private volatile CountDownLatch stopping = new CountDownLatch(0);
    private boolean failing;

    FileCompaction(DataSource source, Dialect dialect) {
        this.source = source;
        this.needed = dialect == Dialect.H2;
    }

    /** Writes what lives in the emptiest old parts of the file anew; returns whether there was any. */
    boolean step() throws SQLException {
        try (Connection connection = source.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            return session.getDatabase().getStore().getMvStore().compact(FILL, STEP_BYTES);
        }
    }

    private void look() {
        try {
            long begin = System.nanoTime();
            while (step() && !stopping.await(PAUSES * (System.nanoTime() - begin), TimeUnit.NANOSECONDS)) {
                begin = System.nanoTime();
            }
            failing = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | RuntimeException e) {
            if (!failing) {
                LOG.warn("The database's file is not compacted until the database answers: {}", e.toString());
            }
            failing = true;
        }
    }

    @Override
    public void start() {
        if (!needed) {
            return;
        }
        if (executor.isShutdown()) {
            executor = newExecutor();
        }
        stopping = new CountDownLatch(1);
        var unused = executor.scheduleWithFixedDelay(
                this::look, MILLIS_BETWEEN_LOOKS, MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
    }

    /** Lets the step under way end: each is short, and an interrupt could break the database's file. */
    @Override
    public void stop() {
        stopping.countDown();
        executor.shutdown();
        try {
            if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.debug("A step of compaction is still under way; it can be killed without harm");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return stopping.getCount() > 0;
    }

    private static ScheduledExecutorService newExecutor() {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "compaction");
            thread.setDaemon(true);
            return thread;
        });
    }
}
