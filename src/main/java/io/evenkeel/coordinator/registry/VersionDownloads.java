package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.model.format.SafetensorsContents;
import io.evenkeel.coordinator.platform.http.PreparedBodies;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.springframework.stereotype.Component;

/** Prepares each download of a version once, and reuses it. Thread-safe. */
@Component
class VersionDownloads {

    private final VersionFiles files;
    private final PreparedBodies prepared;
    private final DurableTransactions transactions;

    VersionDownloads(VersionFiles files, PreparedBodies prepared, DurableTransactions transactions) {
        this.files = files;
        this.prepared = prepared;
        this.transactions = transactions;
    }

    /**
     * Returns a version's file in a format.
     *
     * @throws ProblemException {@code storage-damaged} if the stored file is damaged
     */
    PreparedBodies.Body body(ModelVersion version, ModelFormat format) {
        if (format == ModelFormat.SAFETENSORS) {
            return body(version, format, out -> copy(version, out));
        }
        return body(version, format, out -> {
            PreparedBodies.Body original = body(version, ModelFormat.SAFETENSORS);
            try (InputStream in = new BufferedInputStream(Files.newInputStream(original.file()))) {
                SafetensorsContents.convert(in, format, out);
            }
        });
    }

    private PreparedBodies.Body body(ModelVersion version, ModelFormat format, PreparedBodies.Writer writer) {
        return prepared.get(new PreparedBodies.Key("version " + version.id(), 0, format.text()), writer);
    }

    private void copy(ModelVersion version, OutputStream out) throws IOException {
        MessageDigest sha = Digest.sha256();
        DigestOutputStream digested = new DigestOutputStream(out, sha);
        try {
            transactions.read(() -> {
                files.copy(version.id(), digested);
                return true;
            });
        } catch (MissingObjectException e) {
            throw damaged(version, "is gone: " + e.getMessage());
        }
        if (!HexFormat.of().formatHex(sha.digest()).equals(version.file().sha256())) {
            throw damaged(version, "differs from the one that was written");
        }
    }

    private static ProblemException damaged(ModelVersion version, String what) {
        return ProblemKind.STORAGE_DAMAGED.because(
                "the stored file of version " + version.version() + " of model '" + version.model() + "' " + what,
                "restore a backup, or publish the version again");
    }
}
