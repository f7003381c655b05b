package io.evenkeel.client;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Named pieces of a device's state.
 *
 * <p>What a method did is durable when it returns, and either the whole of it is there after a crash or nothing. Names are
 * {@code [a-z0-9.-]+}. Used by one device and one thread at a time. Failures are {@link io.evenkeel.client.StateException}s.
 */
public interface StateStore extends AutoCloseable {

    /** Writes a piece. */
    @FunctionalInterface
    interface Content {

        /** Writes all of it. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Returns a piece as it was written, or null if there is none. */
    byte @Nullable [] read(String name);

    /** Writes a piece, in place of the one of that name if there is one. */
    void write(String name, Content content);

    /** Gives a piece another name, in place of the one of that name if there is one. */
    void rename(String from, String to);

    /** Removes a piece, if there is one. */
    void delete(String name);

    /** Removes pieces that no longer matter, in any order; a crash may leave some of them. */
    default void sweep(List<String> names) {
        names.forEach(this::delete);
    }

    /** Returns the names of all pieces whose name begins so, in order. */
    List<String> names(String prefix);

    /** Tells whether the pieces outlive the process. Default true. */
    default boolean isDurable() {
        return true;
    }

    /** Returns where the piece is, for people. */
    String describe(String name);

    @Override
    void close();
}
