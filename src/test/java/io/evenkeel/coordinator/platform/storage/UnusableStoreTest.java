package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.coordinator.CoordinatorApplication;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A store that cannot be used stops the start, with one message that names the setting. */
@ExtendWith(OutputCaptureExtension.class)
class UnusableStoreTest {

    @TempDir
    Path folder;

    private static void start(String... settings) {
        List<String> arguments = new ArrayList<>(Arrays.asList(settings));
        arguments.add("--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        arguments.add("--server.port=0");
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(CoordinatorApplication.class)
                .run(arguments.toArray(String[]::new))
                .close());
        assertThat(failure).isNotNull();
    }

    @Test
    void aFolderThatIsAFile(CapturedOutput output) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        start("--evenkeel.storage.kind=folder", "--evenkeel.storage.folder=" + file);

        assertThat(output)
                .contains("The object store (folder " + file + ") could not write object")
                .contains("Correct evenkeel.storage.folder, or give this process the right to write, read and delete");
    }

    @Test
    void anUnavailableService(CapturedOutput output) throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
        start("--evenkeel.storage.bucket=models", "--evenkeel.storage.endpoint=http://localhost:" + port);

        assertThat(output)
                .contains("The object store (s3://models/ at http://localhost:" + port + ") could not write object")
                .contains("Correct evenkeel.storage.bucket and evenkeel.storage.endpoint");
    }

    @Test
    void incompatibleSettings(CapturedOutput output) {
        start("--evenkeel.storage.kind=s3");
        assertThat(output)
                .contains("evenkeel.storage.bucket is empty, expected a bucket's name, as evenkeel.storage.kind is s3");
        start("--evenkeel.storage.kind=folder", "--evenkeel.storage.bucket=models");
        assertThat(output)
                .contains("evenkeel.storage.bucket is models, expected none unless evenkeel.storage.kind is s3");
        start("--evenkeel.storage.folder=models", "--evenkeel.storage.bucket=models");
        assertThat(output)
                .contains("evenkeel.storage.folder is models, expected none unless evenkeel.storage.kind is folder");
        start("--evenkeel.storage.endpoint=https://minio.internal:9000");
        assertThat(output)
                .contains("evenkeel.storage.endpoint is https://minio.internal:9000, expected none without"
                        + " evenkeel.storage.bucket");
        start("--evenkeel.storage.kind=folder");
        assertThat(output).contains("evenkeel.storage.folder is not set, expected a folder");
    }
}
