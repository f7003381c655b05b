package io.evenkeel.coordinator.selection;

/** Says that a text is no selector. */
public final class SelectorSyntaxException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final int position;

    SelectorSyntaxException(int position, String message) {
        super("character " + position + " of the selector: " + message);
        this.position = position;
    }

    /** Returns the number of the character at which the text is wrong, from 1. */
    public int position() {
        return position;
    }
}
