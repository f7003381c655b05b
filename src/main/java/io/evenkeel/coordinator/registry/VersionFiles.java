package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code model_version_file}: each version's safetensors file. Streams it both ways. Works in the caller's transaction. */
@Component
class VersionFiles {

    private static final int SLICE = 4 << 20;

    private final JdbcClient jdbc;
    private final Dialect dialect;

    VersionFiles(JdbcClient jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
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
        try {
            if (dialect == Dialect.POSTGRESQL) {
                copySlices(version, out);
            } else {
                copyStream(version, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyStream(long version, OutputStream out) {
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

    /** PostgreSQL's driver holds a whole value in memory, whatever is read of it. */
    private void copySlices(long version, OutputStream out) throws IOException {
        for (int from = 1; ; from += SLICE) {
            Optional<byte[]> slice = jdbc.sql(
                            "SELECT SUBSTRING(data FROM ? FOR ?) FROM model_version_file WHERE version_id = ?")
                    .params(from, SLICE, version)
                    .query((row, i) -> row.getBytes(1))
                    .optional();
            if (slice.isEmpty() || slice.get().length == 0) {
                return;
            }
            out.write(slice.get());
        }
    }

    void delete(long version) {
        jdbc.sql("DELETE FROM model_version_file WHERE version_id = ?")
                .param(version)
                .update();
    }
}
