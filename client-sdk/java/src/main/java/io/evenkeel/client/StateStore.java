package io.evenkeel.client;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores named pieces of a device's state.
 *
 * <p>Each method is atomic and durable when it returns. Names are {@code [a-z0-9.-]+}. Used by one device.
 * Thread-safe, because a followed model is stored under separate names while the device trains. Failures are
 * {@link io.evenkeel.client.StateException}s.
 */
public interface StateStore extends AutoCloseable {

    /** The content of a piece of state. */
    @FunctionalInterface
    interface Content {

        /** Writes the whole content. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Returns a piece, or null if no piece has the name. */
    byte @Nullable [] read(String name);

    /** Writes a piece; replaces one with the same name. */
    void write(String name, Content content);

    /** Renames a piece; replaces one with the new name. */
    void rename(String from, String to);

    /** Deletes a piece, if it exists. */
    void delete(String name);

    /** Deletes obsolete pieces in any order; a crash may leave some of them. */
    default void sweep(List<String> names) {
        names.forEach(this::delete);
    }

    /** Returns the names of all pieces that start with the prefix, sorted. */
    List<String> names(String prefix);

    /** Returns whether the pieces survive the process. Default true. */
    default boolean isDurable() {
        return true;
    }

    /** Describes the location of a piece, for messages. */
    String describe(String name);

    @Override
    void close();
}
