package io.evenkeel.coordinator.platform.storage;

/** Thrown at the start if the database's schema is not one that this version of the coordinator can bring up to date. */
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
