package io.evenkeel.coordinator.platform.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes to one store, and reads objects that have not been moved yet from another. */
public final class MovingStore implements ObjectStore {

    private final ObjectStore store;
    private final ObjectStore previous;

    /**
     * Creates a store.
     *
     * @param previous the store to which objects were written earlier
     */
    public MovingStore(ObjectStore store, ObjectStore previous) {
        this.store = store;
        this.previous = previous;
    }

    /** Returns the store that is being emptied. */
    public ObjectStore previous() {
        return previous;
    }

    /**
     * Copies an object, unless it has been copied.
     *
     * @param length the object's length
     */
    public void copy(String name, long length) {
        ObjectRange whole = new ObjectRange(name, 0, length);
        if (!has(whole)) {
            store.put(name, new Content(length, () -> previous.open(whole)));
        }
    }

    private boolean has(ObjectRange whole) {
        try (InputStream in = store.open(whole)) {
            return in != null;
        } catch (MissingObjectException e) {
            return false;
        } catch (IOException e) {
            throw new ObjectStoreException(store.toString(), "close object " + whole.name(), e);
        }
    }

    @Override
    public void put(String name, Content content) {
        store.put(name, content);
    }

    @Override
    public InputStream open(ObjectRange range) {
        try {
            return store.open(range);
        } catch (MissingObjectException e) {
            try {
                return previous.open(range);
            } catch (MissingObjectException moved) {
                // The object may have been moved between the two reads.
                return store.open(range);
            }
        }
    }

    @Override
    public void delete(String name) {
        store.delete(name);
        previous.delete(name);
    }

    @Override
    public List<String> list(String after, int limit) {
        return store.list(after, limit);
    }

    @Override
    public List<String> missing(List<String> names) {
        return previous.missing(store.missing(names));
    }

    @Override
    public void check() {
        store.check();
    }

    @Override
    public Optional<Path> folder() {
        return store.folder();
    }

    @Override
    public boolean isDatabase() {
        return store.isDatabase();
    }

    @Override
    public String toString() {
        return store + ", and the remaining ones in " + previous;
    }
}
