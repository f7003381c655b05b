package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.StateStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state store that calls a watcher before and after each change, which may end the device's thread there. */
public final class WatchedStore implements StateStore {

    private final StateStore store;
    private final Watcher watcher;

    public WatchedStore(StateStore store, Watcher watcher) {
        this.store = store;
        this.watcher = watcher;
    }

    /** The kinds of changes. */
    public enum Kind {
        WRITE,
        RENAME,
        DELETE
    }

    /** Watches the changes of a store. */
    @FunctionalInterface
    public interface Watcher {

        /**
         * Called before and after a change.
         *
         * @param name the record's name, before it is renamed
         * @param done whether the change is done
         */
        void reached(Kind kind, String name, boolean done);
    }

    @Override
    public void write(String name, Content content) {
        watcher.reached(Kind.WRITE, name, false);
        store.write(name, content);
        watcher.reached(Kind.WRITE, name, true);
    }

    @Override
    public void rename(String from, String to) {
        watcher.reached(Kind.RENAME, from, false);
        store.rename(from, to);
        watcher.reached(Kind.RENAME, from, true);
    }

    @Override
    public void delete(String name) {
        // Most deletions name a record that does not exist.
        if (store.read(name) != null) {
            watcher.reached(Kind.DELETE, name, false);
            store.delete(name);
            watcher.reached(Kind.DELETE, name, true);
        }
    }

    @Override
    public byte @Nullable [] read(String name) {
        return store.read(name);
    }

    @Override
    public List<String> names(String prefix) {
        return store.names(prefix);
    }

    @Override
    public String describe(String name) {
        return store.describe(name);
    }

    @Override
    public void close() {
        store.close();
    }
}
