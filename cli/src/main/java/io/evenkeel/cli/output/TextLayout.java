package io.evenkeel.cli.output;

import java.time.Instant;

/**
 * What a text is laid out for.
 *
 * @param style colours or none
 * @param columns the width; {@link #UNLIMITED} where nobody looks at it, so that nothing is cut
 * @param now the time that ages are counted from
 */
public record TextLayout(Style style, int columns, Instant now) {

    /** The width of a file or a pipe. */
    public static final int UNLIMITED = Integer.MAX_VALUE;
}
