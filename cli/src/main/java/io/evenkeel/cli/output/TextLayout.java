package io.evenkeel.cli.output;

import java.time.Instant;

/**
 * The layout of a text.
 *
 * @param style colours or none
 * @param columns the width; {@link #UNLIMITED} for files and pipes, so that nothing is cut
 * @param now the current time, from which ages are computed
 */
public record TextLayout(Style style, int columns, Instant now) {

    /** The width of a file or a pipe. */
    public static final int UNLIMITED = Integer.MAX_VALUE;
}
