package io.evenkeel.coordinator.platform.storage;

import com.zaxxer.hikari.SQLExceptionOverride;
import io.evenkeel.coordinator.platform.problem.DatabaseFailures;
import java.sql.SQLException;

/**
 * Has the pool drop connections to an H2 database that closed itself, so that the next one opens it again.
 *
 * <p>The pool makes it from its name in application.yml. For every other exception the pool's own rules hold.
 */
public final class ClosedConnections implements SQLExceptionOverride {

    // The interface's own Override hides the annotation's name.
    @java.lang.Override
    public Override adjudicate(SQLException exception) {
        return DatabaseFailures.closesH2(exception) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
