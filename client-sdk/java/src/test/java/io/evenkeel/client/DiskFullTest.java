package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskFullTest {

    /** A store with space for a limited number of writes. */
    private record FullStore(StateStore store, AtomicInteger left) implements StateStore {

        @Override
        public byte @Nullable [] read(String name) {
            return store.read(name);
        }

        @Override
        public void write(String name, Content content) {
            if (left.getAndDecrement() <= 0) {
                throw new StateException(name + " cannot be written: No space left on device");
            }
            store.write(name, content);
        }

        @Override
        public void rename(String from, String to) {
            store.rename(from, to);
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
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void aDeviceStopsAndContinuesWhenThereIsSpace(int writes) throws InterruptedException {
        MemoryStateStore disk = new MemoryStateStore();
        TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);

        assertThatThrownBy(() ->
                        TestClients.train(TestClients.on(coordinator, new FullStore(disk, new AtomicInteger(writes)))))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("No space left");

        TestClients.train(TestClients.on(coordinator, disk));
        assertThat(coordinator.messages).hasSize(12);
        assertThat(TestClients.g(coordinator, disk)).isEqualTo(coordinator.member().g);
    }
}
