package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.platform.storage.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code model_version_file}: each version's safetensors file. Streams it both ways. Works in the caller's transaction. */
@Component
class VersionFiles {

    private final JdbcClient jdbc;

    VersionFiles(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void save(long version, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            jdbc.sql("INSERT INTO model_version_file (version_id, data) VALUES (?, ?)")
                    .params(version, Blobs.parameter(in, Files.size(file)))
                    .update();
        }
    }

    /** Writes a version's file to a stream. */
    void copy(long version, OutputStream out) {
        jdbc.sql("SELECT data FROM model_version_file WHERE version_id = ?")
                .param(version)
                .query(row -> {
                    try (InputStream in = row.getBinaryStream(1)) {
                        in.transferTo(out);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    void delete(long version) {
        jdbc.sql("DELETE FROM model_version_file WHERE version_id = ?")
                .param(version)
                .update();
    }
}
