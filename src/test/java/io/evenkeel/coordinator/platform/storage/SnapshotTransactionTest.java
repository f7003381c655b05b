package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Another transaction changes a table that a snapshot has not read yet. */
class SnapshotTransactionTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void seesAllTablesAsTheyWereAtTheFirstStatement(Dialect dialect) {
        DataSource source = StorageFixture.newDatabase(dialect);
        StorageFixture storage = new StorageFixture(source, dialect, new FolderStore(folder));
        StoredBytes bytes = storage.bytes();
        JdbcTemplate jdbc = new JdbcTemplate(source);

        int objects = storage.transactions().readSnapshot(() -> {
            assertThat(jdbc.queryForList("SELECT id FROM run")).isEmpty();
            var unused = CompletableFuture.supplyAsync(() -> bytes.place(Content.of(new byte[2000])))
                    .join();
            return jdbc.queryForList("SELECT name FROM stored_object").size();
        });

        assertThat(objects).isZero();
        assertThat(jdbc.queryForList("SELECT name FROM stored_object")).hasSize(1);
    }
}
