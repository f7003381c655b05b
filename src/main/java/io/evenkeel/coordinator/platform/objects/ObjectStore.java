package io.evenkeel.coordinator.platform.objects;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stores objects, which never change, under the names that {@link ObjectNames} makes. Implementations are thread-safe, and have no more
 * than a buffer of an object in memory.
 *
 * <p>All methods throw {@link ObjectStoreException} if the store cannot be reached, is full, or refuses access.
 */
public interface ObjectStore {

    /** Writes an object, which is durable when this returns. If it throws, an object or a part of one may be there until it is deleted. */
    void put(String name, Content content);

    /**
     * Opens a part of an object for reading. The caller closes the stream.
     *
     * @throws MissingObjectException if the object is not there, or ends before the range
     */
    InputStream open(ObjectRange range);

    /** Deletes an object and what a failed {@link #put} left of it; does nothing if there is none. */
    void delete(String name);

    /**
     * Lists names, and those of which a failed {@link #put} left something, in their order.
     *
     * @param after names up to this one are left out; empty for none
     */
    List<String> list(String after, int limit);

    /**
     * Returns those of some names that no object has, in their order. With many objects, one request answers for a thousand names.
     *
     * @param names in their order
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

    /** Checks that the store can be reached and has room, as a health check does. Writes only if writing failed before. */
    void check();

    /** Returns the folder in which new objects are written; empty if they are written elsewhere. */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** Returns whether new objects are written to the database, so that they are no cheaper than rows. */
    default boolean isDatabase() {
        return false;
    }
}
