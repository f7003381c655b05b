package io.evenkeel.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state store that simulates a kill of the process just before or after a chosen change. */
final class CrashingStateStore implements StateStore {

    /** The simulated process was killed. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final StateStore store;
    private int changesLeft;
    private final boolean afterChange;

    /**
     * @param changes the change, counted from 0, at which the process is killed; negative for none
     * @param afterChange whether the change is made before the kill
     */
    CrashingStateStore(StateStore store, int changes, boolean afterChange) {
        this.store = store;
        this.changesLeft = changes;
        this.afterChange = afterChange;
    }

    private void change(Runnable change) {
        boolean crash = changesLeft-- == 0;
        if (!crash || afterChange) {
            change.run();
        }
        if (crash) {
            throw new Crash();
        }
    }

    @Override
    public byte @Nullable [] read(String name) {
        return store.read(name);
    }

    @Override
    public void write(String name, Content content) {
        change(() -> store.write(name, content));
    }

    @Override
    public void rename(String from, String to) {
        change(() -> store.rename(from, to));
    }

    @Override
    public void delete(String name) {
        change(() -> store.delete(name));
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
    public void close() {}
}
