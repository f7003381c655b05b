package io.evenkeel.core.frame;

/**
 * Thrown if a field or entry of a message written as JSON is invalid. The message names the field, its value
 * and what was expected.
 */
public final class InvalidEntryException extends IllegalArgumentException {

    private final String field;

    InvalidEntryException(String field, String found, String expected) {
        super(field + " is " + found + ", expected " + expected);
        this.field = field;
    }

    /** Returns the field, such as {@code coding} or {@code indices[3]}. */
    public String field() {
        return field;
    }
}
