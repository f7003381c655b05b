package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.StateStore;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state store that crashes its device before or after certain writes. */
final class CrashingStore implements StateStore {

    private static final String STAGED = ".staged";
    private static final String REVEALED = ".revealed";

    private final StateStore store;
    private final Crashes crashes;

    CrashingStore(StateStore store, Crashes crashes) {
        this.store = store;
        this.crashes = crashes;
    }

    @Override
    public void write(String name, Content content) {
        boolean staging = name.endsWith(STAGED);
        if (staging) {
            crashes.reached(CrashPoint.BEFORE_STAGING);
        }
        store.write(name, content);
        if (staging) {
            crashes.reached(CrashPoint.AFTER_STAGING);
        } else if (name.endsWith(REVEALED)) {
            crashes.reached(CrashPoint.BEFORE_REVEALS);
        }
    }

    @Override
    public void rename(String from, String to) {
        boolean committing = from.endsWith(STAGED);
        if (committing) {
            crashes.reached(CrashPoint.BEFORE_COMMIT);
        }
        store.rename(from, to);
        if (committing) {
            crashes.reached(CrashPoint.AFTER_COMMIT);
        }
    }

    @Override
    public byte @Nullable [] read(String name) {
        return store.read(name);
    }

    @Override
    public void delete(String name) {
        store.delete(name);
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
