package io.evenkeel.engine.selection;

/** Thrown if a text is not a selector. */
public final class SelectorSyntaxException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final int position;

    SelectorSyntaxException(int position, String message) {
        super("character " + position + " of the selector: " + message);
        this.position = position;
    }

    /** Returns the position of the wrong character, from 1. */
    public int position() {
        return position;
    }
}
