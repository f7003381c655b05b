package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests sweeps while another transaction uses the objects. */
class ObjectSweepTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    /** An import refers to objects hours before it commits. */
    @ParameterizedTest
    @EnumSource
    void anObjectThatAnUncommittedTransactionRefersToIsKept(Dialect dialect) {
        FolderStore store = new FolderStore(folder);
        StorageFixture storage = new StorageFixture(StorageFixture.newDatabase(dialect), dialect, store);
        StoredBytes bytes = storage.bytes();
        byte[] content = new byte[2000];
        StoredBytes.Placed named = bytes.place(Content.of(content));
        StoredBytes.Placed garbage = bytes.place(Content.of(content));
        storage.passGraceTime();

        storage.transactions().write(() -> {
            bytes.keep(named);
            assertThat(CompletableFuture.runAsync(storage::sweepNow)).succeedsWithin(LIMIT);
        });
        storage.sweepNow();

        String range = String.valueOf(named.range(0));
        assertThat(bytes.read(List.of(range))).containsEntry(range, content);
        assertThat(store.list("", 10)).hasSize(1);
        assertThat(String.valueOf(garbage.range(0)))
                .doesNotStartWith(store.list("", 10).get(0));
    }
}
