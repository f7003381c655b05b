package io.evenkeel.coordinator.platform.storage;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at startup if this version of the coordinator cannot work with the database's schema or through the
 * connection to the database.
 */
final class SchemaException extends RuntimeException {

    private final String action;

    SchemaException(String what, String action) {
        this(what, action, null);
    }

    SchemaException(String what, String action, @Nullable Throwable cause) {
        super(what, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
