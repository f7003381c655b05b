package io.evenkeel.coordinator.platform.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest extends ObjectStoreContract {

    @TempDir
    Path folder;

    @Override
    protected ObjectStore store() {
        return new FolderStore(folder.resolve("evenkeel.objects"));
    }

    @Test
    void listsAndDeletesTheRemainsOfAKilledWriter() throws IOException {
        Instant time = Instant.parse("2026-01-02T03:04:05Z");
        String name = ObjectNames.next(time);
        store().put(name, Content.of(new byte[3]));
        Path file = file(name);
        Files.move(file, file.resolveSibling(name + ".part"));

        assertThat(store().list("", 10)).containsExactly(name);
        assertThatThrownBy(() -> store().open(new ObjectRange(name, 0, 3))).isInstanceOf(MissingObjectException.class);
        store().delete(name);
        assertThat(files()).isEmpty();
    }

    @Test
    void onlyTheOwnerCanReadTheObjects() throws IOException {
        String name = ObjectNames.next(Instant.now());
        store().put(name, Content.of(new byte[3]));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("evenkeel.objects"))))
                .isEqualTo("rwx------");
    }

    @Test
    void anUnavailableFolderIsNotAMissingObject() {
        FolderStore away = new FolderStore(folder.resolve("not-mounted"));

        assertThatThrownBy(() -> away.open(new ObjectRange(ObjectNames.next(Instant.now()), 0, 1)))
                .isInstanceOf(ObjectStoreException.class);
        assertThatThrownBy(away::check).isInstanceOf(ObjectStoreException.class);
    }

    @Test
    void aFolderOnAnUnmountedVolumeIsNotRecreated() throws IOException {
        FolderStore store = new FolderStore(folder.resolve("mounted"));
        String name = ObjectNames.next(Instant.now());
        store.put(name, Content.of(new byte[1]));
        store.delete(name);
        Files.move(folder.resolve("mounted"), folder.resolve("away"));

        assertThatThrownBy(() -> store.put(name, Content.of(new byte[1])))
                .isInstanceOf(ObjectStoreException.class)
                .hasRootCauseMessage(folder.resolve("mounted") + ": the folder is missing");
        assertThat(folder.resolve("mounted")).doesNotExist();
        Files.move(folder.resolve("away"), folder.resolve("mounted"));
        store.put(name, Content.of(new byte[1]));
        assertThat(store.list("", 10)).containsExactly(name);
    }

    @Test
    void aFailedWriteNamesTheFolderAndLeavesNothing() throws IOException {
        Path file = Files.createFile(folder.resolve("no-folder"));
        FolderStore store = new FolderStore(file);

        assertThatThrownBy(() -> store.put(ObjectNames.next(Instant.now()), Content.of(new byte[1])))
                .isInstanceOf(ObjectStoreException.class)
                .hasMessageContaining("the object store (folder " + file + ") could not write object");
        assertThat(files()).containsExactly(file);
    }

    private Path file(String name) throws IOException {
        return files().stream().filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
