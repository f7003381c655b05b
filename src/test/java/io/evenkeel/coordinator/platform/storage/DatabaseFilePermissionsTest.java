package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseFilePermissionsTest {

    @TempDir
    Path parent;

    private Path folder = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void needsPosix() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        folder = parent.resolve("data");
        file = folder.resolve("evenkeel.mv.db");
    }

    private void make(Path path, String permissions) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.write(path, new byte[] {1});
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String of(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aNewFolderIsAccessibleOnlyToItsOwner() throws IOException {
        new DatabaseFilePermissions(file).createFolder();

        assertThat(of(folder)).isEqualTo("rwx------");
    }

    @Test
    void looserPermissionsAreCorrectedAndLogged(CapturedOutput output) throws IOException {
        Path trace = folder.resolve("evenkeel.trace.db");
        make(file, "rw-r--r--");
        make(trace, "rw-rw-r--");

        new DatabaseFilePermissions(file).mend();

        assertThat(of(folder)).isEqualTo("rwx------");
        assertThat(of(file)).isEqualTo("rw-------");
        assertThat(of(trace)).isEqualTo("rw-------");
        assertThat(output).contains("evenkeel.mv.db accessible to its owner alone; its permissions were rw-r--r--");
    }

    @Test
    void aFolderWithOtherFilesKeepsItsPermissions() throws IOException {
        Path other = folder.resolve("notes.txt");
        make(file, "rw-r--r--");
        make(other, "rw-r--r--");

        new DatabaseFilePermissions(file).mend();

        assertThat(of(file)).isEqualTo("rw-------");
        assertThat(of(other)).isEqualTo("rw-r--r--");
        assertThat(of(folder)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void stricterPermissionsStay(CapturedOutput output) throws IOException {
        make(file, "rw-------");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));

        new DatabaseFilePermissions(file).mend();

        assertThat(of(file)).isEqualTo("rw-------");
        assertThat(output).doesNotContain("accessible to its owner");
    }
}
