package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStateStoreTest {

    @TempDir
    private Path temporary = Path.of("");

    private Path folder() {
        return temporary.resolve("device");
    }

    @Test
    void keepsPiecesAcrossRestarts() {
        try (FileStateStore store = FileStateStore.open(folder())) {
            store.write("a.one", out -> out.write(1));
            store.write("a.one", out -> out.write(2));
            store.write("b", out -> out.write(3));
            store.rename("a.one", "a.two");
            store.write("gone", out -> out.write(4));
            store.delete("gone");
            store.delete("never.there");
            store.write("old.1", out -> out.write(5));
            store.write("old.2", out -> out.write(6));
            store.sweep(store.names("old."));
        }
        try (FileStateStore store = FileStateStore.open(folder())) {
            assertThat(store.names("")).containsExactly("a.two", "b");
            assertThat(store.names("a.")).containsExactly("a.two");
            assertThat(store.read("a.two")).containsExactly(2);
            assertThat(store.read("a.one")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "a/b", "..", ".", "", "A"})
    void rejectsPiecesOutsideItsFolder(String name) {
        try (FileStateStore store = FileStateStore.open(folder())) {
            assertThatThrownBy(() -> store.write(name, out -> out.write(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a piece of state is named '" + name + "'");
            assertThatThrownBy(() -> store.read(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void isReadableByItsOwnerOnly() throws IOException {
        assumeTrue(Files.getFileStore(temporary).supportsFileAttributeView("posix"));
        try (FileStateStore store = FileStateStore.open(folder())) {
            store.write("credentials", out -> out.write("secret".getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(permissions(folder())).isEqualTo("rwx------");
        assertThat(permissions(folder().resolve("credentials"))).isEqualTo("rw-------");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void isUsedByOneClientAtATime() {
        try (FileStateStore first = FileStateStore.open(folder())) {
            assertThat(first.names("")).isEmpty();
            assertThatThrownBy(() -> FileStateStore.open(folder()))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("in use by another client")
                    .hasMessageContaining("its own folder");
        }
        FileStateStore.open(folder()).close();
    }

    @Test
    void aRefusedClientLeavesTheFolderLockedForOtherProcesses() throws Exception {
        try (FileStateStore first = FileStateStore.open(folder())) {
            assertThat(first.names("")).isEmpty();
            Path otherName = Files.createSymbolicLink(temporary.resolve("link"), folder());
            assertThatThrownBy(() -> FileStateStore.open(otherName)).isInstanceOf(StateException.class);
            assertThat(openedByAnotherProcess()).isEqualTo(Opening.REFUSED);
        }
        assertThat(openedByAnotherProcess()).isEqualTo(Opening.OPENED);
    }

    private int openedByAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        folder().toString())
                .inheritIO()
                .start();
        return process.waitFor();
    }

    /** Opens a folder in a separate process; the exit status shows whether it succeeded. */
    static final class Opening {

        static final int OPENED = 10;
        static final int REFUSED = 11;

        private Opening() {}

        public static void main(String[] args) {
            int status = OPENED;
            try {
                FileStateStore.open(Path.of(args[0])).close();
            } catch (StateException e) {
                status = REFUSED;
            }
            System.exit(status);
        }
    }

    @Test
    void aSecondCloseDoesNotReleaseTheLockOfALaterClient() {
        FileStateStore first = FileStateStore.open(folder());
        first.close();
        try (FileStateStore second = FileStateStore.open(folder())) {
            assertThat(second.names("")).isEmpty();
            first.close();
            assertThatThrownBy(() -> FileStateStore.open(folder())).isInstanceOf(StateException.class);
        }
    }

    @Test
    void aFailedWriteLeavesTheOldPieceAndNothingElse() {
        try (FileStateStore store = FileStateStore.open(folder())) {
            store.write("piece", out -> out.write(1));
            assertThatThrownBy(() -> store.write("piece", out -> {
                        out.write(2);
                        throw new IOException("No space left on device");
                    }))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("what was saved before is intact");
            assertThat(store.read("piece")).containsExactly(1);
            assertThat(store.names("")).containsExactly("piece");
        }
    }

    @Test
    void removesHalfWrittenPiecesAfterACrash() throws IOException {
        FileStateStore.open(folder()).close();
        Files.write(folder().resolve("piece.tmp"), new byte[] {1, 2});
        try (FileStateStore store = FileStateStore.open(folder())) {
            assertThat(store.names("")).isEmpty();
        }
    }

    @Test
    void writesEvenIfTheThreadIsInterrupted() {
        try (FileStateStore store = FileStateStore.open(folder())) {
            Thread.currentThread().interrupt();
            store.write("piece", out -> out.write(1));
            store.rename("piece", "renamed");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.read("renamed")).containsExactly(1);
        }
    }

    @Test
    void refusesAFolderItCannotCreate() throws IOException {
        Files.write(folder(), new byte[] {1});
        assertThatThrownBy(() -> FileStateStore.open(folder()))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("cannot be opened");
    }
}
