package io.evenkeel.testkit.load;

import java.io.IOException;

/**
 * Figures of the coordinators that a test has started, and of their database.
 *
 * @param process the figures of all their processes together
 * @param database the figures of their database
 */
record ServerFigures(ProcessFigures process, DatabaseFigures database) {

    /** Reads the figures. */
    @FunctionalInterface
    interface Source {
        ServerFigures read() throws IOException;
    }
}
