package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.SafetensorsContents;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Receives and examines safetensors files for new versions. Needs only a small buffer, regardless of a file's length.
 * Thread-safe.
 */
@Component
class ModelFiles {

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final JsonMapper json;
    private final FailureLog failures;

    ModelFiles(JsonMapper json, FailureLog failures) {
        this.json = json;
        this.failures = failures;
    }

    /** Processes a file. */
    @FunctionalInterface
    interface FileUse<T> {
        T apply(Path file) throws IOException;
    }

    /**
     * Stores an upload in a temporary file, and deletes the file after its use.
     *
     * @param use processes the file
     */
    <T> T received(InputStream body, FileUse<T> use) throws IOException {
        Path file = temporary();
        try {
            Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
            return use.apply(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private Path temporary() {
        try {
            return Files.createTempFile("evenkeel-version-", "");
        } catch (IOException e) {
            failures.warn("An upload could not be stored in the folder for temporary files", e);
            throw ProblemKind.STORAGE_UNAVAILABLE
                    .because(
                            "the folder for temporary files cannot be written",
                            "try again after the time in Retry-After; see the coordinator's log for details")
                    .retryAfter(AFTER_FAILURE);
        }
    }

    /**
     * Checks a file and computes its digest.
     *
     * @throws ProblemException {@code invalid-frame} if it is not a safetensors file of finite values of one type
     */
    StoredModelFile examine(Path file) throws IOException {
        MessageDigest sha = Digest.sha256();
        try (InputStream in = new DigestInputStream(new BufferedInputStream(Files.newInputStream(file)), sha)) {
            SafetensorsContents contents = SafetensorsContents.check(in);
            FloatType type = contents.type();
            return new StoredModelFile(
                    json.writeValueAsString(contents.layout().tensors()),
                    type.text(),
                    Files.size(file),
                    HexFormat.of().formatHex(sha.digest()));
        }
    }
}
