package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Sweeps while another transaction uses the objects. */
class ObjectSweepTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private static DataSource database(Dialect dialect) {
        String url = dialect == Dialect.H2
                ? "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"
                : Postgres.shared().newDatabase();
        DataSource source = new DriverManagerDataSource(url);
        CoordinatorSchema.create(source, dialect);
        return source;
    }

    /** An import names objects hours before it commits. */
    @ParameterizedTest
    @EnumSource
    void anObjectStaysThatATransactionHasNamedBeforeItCommits(Dialect dialect) {
        FolderStore store = new FolderStore(folder);
        StorageFixture storage = new StorageFixture(database(dialect), dialect, store);
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
