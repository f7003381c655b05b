package io.evenkeel.coordinator.platform.storage;

/** Thrown at the start if this version of the coordinator cannot work with the database: with its schema, or through its connection. */
final class SchemaException extends RuntimeException {

    private final String action;

    SchemaException(String what, String action) {
        super(what);
        this.action = action;
    }

    String action() {
        return action;
    }
}
