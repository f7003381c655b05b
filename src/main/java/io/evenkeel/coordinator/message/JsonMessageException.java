package io.evenkeel.coordinator.message;

import java.util.function.Supplier;

/** Thrown if a field of a JSON message is not valid; names the field, its value and what was expected. */
final class JsonMessageException extends RuntimeException {

    private final String field;

    JsonMessageException(String field, String detail) {
        super(detail, null, false, false);
        this.field = field;
    }

    String field() {
        return field;
    }

    /**
     * Computes a value from a field; an {@link IllegalArgumentException} is reported as an error in the
     * field.
     */
    static <T> T within(String field, Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new JsonMessageException(field, String.valueOf(e.getMessage()));
        }
    }
}
