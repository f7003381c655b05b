package io.evenkeel.coordinator.platform.objects;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stores immutable objects under names from {@link ObjectNames}. Implementations are thread-safe, and keep
 * only a small part of an object in memory.
 *
 * <p>All methods throw {@link ObjectStoreException} if the store cannot be reached, is full, or refuses access.
 */
public interface ObjectStore {

    /**
     * Writes an object, which is durable when this method returns. If it throws, the object or a part of it
     * may exist until it is deleted.
     */
    void put(String name, Content content);

    /**
     * Opens a part of an object for reading. The caller closes the stream.
     *
     * @throws MissingObjectException if the object does not exist, or ends before the range
     */
    InputStream open(ObjectRange range);

    /** Deletes an object or the remains of a failed {@link #put}; does nothing if neither exists. */
    void delete(String name);

    /**
     * Lists names in sorted order, including those of failed {@link #put} calls.
     *
     * @param after only names after this one; empty for all
     */
    List<String> list(String after, int limit);

    /**
     * Returns those of the given names that have no object, sorted. If there are many objects, one request
     * covers a thousand names.
     *
     * @param names the names to check, sorted
     */
    default List<String> missing(List<String> names) {
        Set<String> present = new HashSet<>();
        String last = names.isEmpty() ? "" : names.get(names.size() - 1);
        String after =
                names.isEmpty() ? "" : names.get(0).substring(0, names.get(0).length() - 1);
        while (after.compareTo(last) < 0) {
            List<String> page = list(after, 1000);
            present.addAll(page);
            after = page.isEmpty() ? last : page.get(page.size() - 1);
        }
        return names.stream().filter(name -> !present.contains(name)).toList();
    }

    /**
     * Performs a health check: verifies that the store can be reached and has space. Writes only if an
     * earlier write has failed.
     */
    void check();

    /** Returns the folder to which new objects are written; empty if they are not written to a folder. */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** Returns whether new objects are written to the database, where they cost as much as rows. */
    default boolean isDatabase() {
        return false;
    }
}
