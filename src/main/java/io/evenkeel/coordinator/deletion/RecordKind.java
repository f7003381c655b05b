package io.evenkeel.coordinator.deletion;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * A kind of records that can be deleted by age.
 *
 * @param path the path of a record in the API, with {@code %s} for its name or id
 * @param listing finds the old ones
 * @param check refuses a record that cannot be deleted now
 * @param deletion deletes a record
 */
record RecordKind(String path, Listing listing, Consumer<String> check, Consumer<String> deletion) {

    /** Finds records. */
    interface Listing {

        /** Returns the names or ids of up to {@code limit} records that ended before a time, in their order, after one. */
        List<String> before(Instant time, String after, int limit);
    }

    /** Returns the path of a record in the API. */
    String pathOf(String name) {
        return path.replace("%s", name);
    }
}
