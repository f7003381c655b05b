package io.evenkeel.core.wire;

/** Says which field or entry of a message written as JSON is wrong, in what way, and what it may be. */
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
