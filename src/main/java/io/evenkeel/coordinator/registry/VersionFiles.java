package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code model_version_file}: each version's safetensors file, which is written and read as a stream. Works
 * in the caller's transaction.
 */
@Component
class VersionFiles {

    private final JdbcClient jdbc;
    private final StoredBytes bytes;

    VersionFiles(JdbcClient jdbc, StoredBytes bytes) {
        this.jdbc = jdbc;
        this.bytes = bytes;
    }

    /** Stores a file before the transaction in which {@link #save} refers to it. */
    Placed place(Path file) {
        try {
            return bytes.place(Content.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void save(long version, Placed file) {
        jdbc.sql("INSERT INTO model_version_file (version_id, data, data_at) VALUES (?, ?, ?)")
                .params(Arrays.asList(version, file.bytes(0), file.range(0)))
                .update();
        bytes.keep(file);
    }

    /**
     * Writes a version's file to a stream.
     *
     * @throws io.evenkeel.coordinator.platform.objects.MissingObjectException if the file is not in the object store
     */
    void copy(long version, OutputStream out) {
        jdbc.sql("SELECT data, data_at FROM model_version_file WHERE version_id = ?")
                .param(version)
                .query(row -> {
                    try (InputStream in = bytes.open(row, 1)) {
                        in.transferTo(out);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    void delete(long version) {
        bytes.delete("model_version_file", "version_id = ?", 1, List.of("data"), version);
    }
}
