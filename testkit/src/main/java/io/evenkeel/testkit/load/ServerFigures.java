package io.evenkeel.testkit.load;

import java.io.IOException;

/**
 * Figures of the coordinators that a test has started, and of their database.
 *
 * @param process of all their processes together
 * @param database of their database
 */
record ServerFigures(ProcessFigures process, DatabaseFigures database) {

    /** Reads the figures. */
    @FunctionalInterface
    interface Source {
        ServerFigures read() throws IOException;
    }
}
