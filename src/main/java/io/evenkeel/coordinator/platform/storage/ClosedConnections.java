package io.evenkeel.coordinator.platform.storage;

import com.zaxxer.hikari.SQLExceptionOverride;
import io.evenkeel.coordinator.platform.problem.DatabaseFailures;
import java.sql.SQLException;

/**
 * Makes the pool drop connections to an H2 database that closed itself or to a PostgreSQL server that has
 * become a standby. The next connection then opens the database again or finds the new primary server.
 *
 * <p>application.yml names this class, and the pool instantiates it. For all other exceptions, the pool's own
 * rules apply.
 */
public final class ClosedConnections implements SQLExceptionOverride {

    // The interface has a nested enum Override, which hides the annotation.
    @java.lang.Override
    public Override adjudicate(SQLException exception) {
        return DatabaseFailures.makesConnectionUseless(exception) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
