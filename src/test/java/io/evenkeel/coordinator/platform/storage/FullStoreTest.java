package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.objects.UnusableStoreException;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/**
 * A full store does not count as a wrong setting: the coordinator starts, reports the store, and recovers by itself.
 */
class FullStoreTest {

    @TempDir
    Path folder;

    private String failure = "No space left on device";

    private ObjectStore started() {
        return ObjectStoreConfiguration.tried(
                "evenkeel.storage.folder",
                () -> new Filled(new FolderStore(folder.resolve("objects"))),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
    }

    private static boolean isChecked(StorageHealthIndicator indicator) {
        try {
            indicator.work();
            return true;
        } catch (ObjectStoreException e) {
            return false;
        }
    }

    @Test
    void startsOnAFullStoreAndContinuesWhenThereIsSpace() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        StorageHealthIndicator indicator =
                new StorageHealthIndicator(started(), new FailureLog(Clock.systemUTC(), meters));
        indicator.bindTo(meters);

        assertThat(isChecked(indicator)).isFalse();
        assertThat(indicator.isFull()).isTrue();
        assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(indicator.problem())
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains("is full: it could not write object", "No space left on device"));
        assertThat(meters.get("evenkeel.storage.full").gauge().value()).isOne();

        failure = "";
        assertThat(isChecked(indicator)).isTrue();
        assertThat(indicator.isFull()).isFalse();
        assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
        assertThat(meters.get("evenkeel.storage.full").gauge().value()).isZero();
    }

    /** Detects a store that accepts nothing although it is reachable. */
    @Test
    void noticesAStoreThatFillsUpWhileItRuns() {
        failure = "";
        ObjectStore store = started();
        StorageHealthIndicator indicator =
                new StorageHealthIndicator(store, new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry()));
        assertThat(isChecked(indicator)).isTrue();

        failure = "Disk quota exceeded";
        assertThatThrownBy(() -> store.put("a", Content.of(new byte[9]))).isInstanceOf(ObjectStoreException.class);
        assertThat(isChecked(indicator)).isFalse();
        assertThat(indicator.isFull()).isTrue();

        failure = "";
        assertThat(isChecked(indicator)).isTrue();
        assertThat(indicator.isFull()).isFalse();
    }

    @Test
    void refusesToStartOnAStoreThatItMayNotWriteTo() {
        failure = "Permission denied";
        assertThatThrownBy(this::started)
                .isInstanceOf(UnusableStoreException.class)
                .hasMessageContaining("could not write object")
                .hasMessageContaining("Permission denied");
    }

    /** Fails all writes while a failure is set. */
    private final class Filled implements ObjectStore {

        private final ObjectStore store;

        Filled(ObjectStore store) {
            this.store = store;
        }

        @Override
        public void put(String name, Content content) {
            if (!failure.isEmpty()) {
                throw new ObjectStoreException("folder", "write object " + name, new IOException(failure));
            }
            store.put(name, content);
        }

        @Override
        public InputStream open(ObjectRange range) {
            return store.open(range);
        }

        @Override
        public void delete(String name) {
            store.delete(name);
        }

        @Override
        public List<String> list(String after, int limit) {
            return store.list(after, limit);
        }

        @Override
        public void check() {
            // The store is reachable.
        }
    }
}
