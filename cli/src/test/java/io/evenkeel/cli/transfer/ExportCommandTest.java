package io.evenkeel.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {

    private static final int LEFT_OUT = 40;
    private static final int END = 255;

    @TempDir
    private Path folder;

    @Test
    void aRunThatWasLeftOutIsNamedAndTheExitCodeSaysSo() throws IOException, NoSuchAlgorithmException {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on(
                    "GET /export",
                    200,
                    new String(file("run 'digits', round 3: damaged"), StandardCharsets.ISO_8859_1),
                    Map.of("Content-Type", "application/vnd.evenkeel.export"));
            CliHarness cli = CliHarness.at(coordinator, folder);
            String to = folder.resolve("all.evenkeel").toString();

            assertThat(cli.run("export", "--all", "--to", to)).isEqualTo(1);
            assertThat(cli.out())
                    .contains(
                            "everything, 1 rows", "all checksums verified", "left out: run 'digits', round 3: damaged");
            assertThat(folder.resolve("all.evenkeel")).exists();
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsNamedAndLeavesNothing() throws IOException, NoSuchAlgorithmException {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /export", new String(file(""), StandardCharsets.ISO_8859_1));
            coordinator.on("GET /export", "no export");
            CliHarness cli = CliHarness.at(coordinator, folder);

            Path missing = folder.resolve("missing/all.evenkeel");
            assertThat(cli.run("export", "--all", "--to", missing.toString())).isEqualTo(1);
            assertThat(cli.err())
                    .contains(missing + ".part cannot be written (", "check the folder and the free space on the disk");
            assertThat(cli.run(
                            "export",
                            "--all",
                            "--to",
                            folder.resolve("all.evenkeel").toString()))
                    .isEqualTo(1);
            assertThat(folder)
                    .isDirectoryNotContaining(entry -> entry.toString().endsWith(".part"));
        }
    }

    /** Returns an export that contains only a record of omissions. */
    private static byte[] file(String leftOut) throws IOException, NoSuchAlgorithmException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(ByteBuffer.allocate(16)
                .put("EVKR".getBytes(StandardCharsets.US_ASCII))
                .putInt(1)
                .putLong(0)
                .array());
        byte[] text = leftOut.getBytes(StandardCharsets.UTF_8);
        file.write(record(
                LEFT_OUT,
                ByteBuffer.allocate(5 + text.length)
                        .put((byte) 1)
                        .putInt(text.length)
                        .put(text)
                        .array()));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(file.toByteArray());
        file.write(record(END, ByteBuffer.allocate(40).putLong(1).put(hash).array()));
        return file.toByteArray();
    }

    private static byte[] record(int kind, byte[] content) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(record);
        data.writeByte(kind);
        data.writeInt(content.length);
        data.write(content);
        CRC32C crc = new CRC32C();
        crc.update(record.toByteArray());
        data.writeInt((int) crc.getValue());
        return record.toByteArray();
    }
}
