package io.evenkeel.coordinator.platform.storage;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.ObjectNames;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Replica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/**
 * A coordinator whose models are objects in a folder, and its behaviour if the folder is missing, or has too few or too
 * many objects.
 */
class ObjectStorageTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    @TempDir
    Path folder;

    private RestartableCoordinator coordinator;

    @BeforeEach
    void start() {
        coordinator = startedWith();
    }

    private RestartableCoordinator startedWith(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--evenkeel.storage.inline=0B", "--evenkeel.storage.sweep=0s", "--evenkeel.retention.every=0s"));
        all.addAll(List.of(settings));
        return new RestartableCoordinator(folder, all.toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private Scene scene() {
        return new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 100, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(2)
                .start();
    }

    private void answer(Scene scene, int round) {
        scene.devices.forEach(device -> device.answer(round, TestDevice.gradient(device.model(round), 0)));
    }

    private Path objects() {
        return folder.resolve("db.objects");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(objects())) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private void restart(Scene... scenes) {
        coordinator.restart();
        for (Scene scene : scenes) {
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        }
    }

    @Test
    void modelsAreInTheFolderBesideTheDatabaseAndSurviveARestart() throws IOException {
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        scene.closeRound(1, GRADIENT);
        String before = scene.fingerprint();
        restart(scene);

        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(coordinator
                        .jdbc()
                        .queryForObject("SELECT COUNT(*) FROM round_update WHERE data IS NULL", Long.class))
                .isEqualTo(2);
        assertThat(files()).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void objectsMoveToAnotherStoreWhileTheCoordinatorRuns() throws IOException {
        coordinator.close();
        coordinator = startedWith("--evenkeel.storage.kind=database");
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        String before = scene.fingerprint();
        assertThat(chunks()).isGreaterThanOrEqualTo(2);

        coordinator.close();
        coordinator = startedWith("--evenkeel.storage.kind=folder", "--evenkeel.storage.move-from=database");
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        assertThat(scene.fingerprint()).isEqualTo(before);
        coordinator.bean(ObjectMove.class).work();
        assertThat(chunks()).isZero();
        assertThat(scene.fingerprint()).isEqualTo(before);

        coordinator.close();
        coordinator = startedWith();
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(files()).hasSizeGreaterThanOrEqualTo(2);
    }

    private long count(String query) {
        return coordinator.jdbc().queryForList(query, Long.class).get(0);
    }

    private long chunks() {
        return count("SELECT COUNT(*) FROM object_chunk");
    }

    @Test
    void roundsWaitForAFolderThatIsAwayAndMessagesDoNot() throws IOException {
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        Path away = folder.resolve("away");
        Files.move(objects(), away);
        Files.createFile(objects());
        answer(scene, 1);
        eventually()
                .until(() -> scene.view().get("state").equals("running")
                        && count("SELECT COUNT(*) FROM run WHERE closing AND round_number = 1") == 1);

        assertThatThrownBy(coordinator.bean(StorageHealthIndicator.class)::work)
                .isInstanceOf(ObjectStoreException.class);
        assertThat(coordinator.bean(StorageHealthIndicator.class).health().getStatus())
                .isEqualTo(Status.DOWN);

        // In one step: the coordinator, which tries again, must find no moment without a file to make the folder in.
        Files.move(Files.createSymbolicLink(folder.resolve("link"), away), objects(), StandardCopyOption.ATOMIC_MOVE);
        scene.awaitClosed(1);
        coordinator.bean(StorageHealthIndicator.class).work();
        assertThat(coordinator.bean(StorageHealthIndicator.class).health().getStatus())
                .isEqualTo(Status.UP);
        assertThat(scene.view().get("state")).isEqualTo("running");
    }

    @Test
    void aLostObjectPausesItsRunAndNoOther() throws IOException {
        Scene scene = scene();
        Scene other = scene();
        scene.closeRound(0, GRADIENT);
        other.closeRound(0, GRADIENT);
        String name = object("round_update", "data_at", scene);
        assertThatItsLossPausesTheRunAlone(
                name, scene, other, () -> scene.devices.forEach(device -> device.answer(1, GRADIENT)));
    }

    @Test
    void aLostSegmentPausesItsRunAndNoOther() throws IOException {
        Scene scene = scene();
        Scene other = scene();
        scene.closeRound(0, GRADIENT);
        other.closeRound(0, GRADIENT);
        scene.devices.get(0).answer(1, TestDevice.gradient(scene.devices.get(0).model(1), 0));
        String name = segment(scene, 1);
        assertThatItsLossPausesTheRunAlone(
                name, scene, other, () -> scene.devices.get(1).answer(1, GRADIENT));
    }

    /**
     * Removes an object while the coordinator is down, and restores it.
     *
     * @param answers sends the missing messages of round 1 of the run that needs the object
     */
    private void assertThatItsLossPausesTheRunAlone(String name, Scene scene, Scene other, Runnable answers)
            throws IOException {
        Path file =
                files().stream().filter(path -> path.endsWith(name)).findFirst().orElseThrow();
        Path lost = folder.resolve("lost");
        Files.move(file, lost);
        restart(scene, other);
        answers.run();
        other.closeRound(1, GRADIENT);

        eventually().until(() -> scene.view().get("state").equals("paused"));
        assertThat(String.valueOf(scene.view().get("message")))
                .contains("object " + name + " is not in the object store (folder " + objects() + ")")
                .contains("the run then goes on by itself");
        assertThat(scene.view().get("stopReason")).isEqualTo("objects-missing");
        assertThat(other.view().get("state")).isEqualTo("running");

        Files.move(lost, file);
        scene.act("resume");
        scene.awaitClosed(1);
    }

    private String segment(Scene scene, int round) {
        String range = coordinator
                .jdbc()
                .queryForObject(
                        "SELECT p.data_at FROM message g JOIN message_payload p ON p.id = g.payload_id"
                                + " WHERE g.run_id = (SELECT id FROM run WHERE name = ?) AND g.included_in = ?",
                        String.class,
                        scene.view().get("name"),
                        round);
        return String.valueOf(range).replaceFirst(":.*", "");
    }

    /** Messages in segments, in rows of the database, read again after a restart, and moved between stores. */
    @Test
    @Tag("full")
    void aModelHasTheSameBitsWhereverItsMessagesAre() {
        List<Replica> models = new ArrayList<>();
        for (String kind : List.of("folder", "database")) {
            coordinator.close();
            coordinator = startedWith("--evenkeel.storage.kind=" + kind);
            Scene scene = scene();
            scene.closeRound(0, GRADIENT);
            scene.devices.get(0).answer(1, GRADIENT);
            assertThat(inSegments(scene)).isEqualTo(kind.equals("folder") ? 3 : 0);
            coordinator.close();
            String other = kind.equals("folder") ? "database" : "folder";
            coordinator = startedWith("--evenkeel.storage.kind=" + other, "--evenkeel.storage.move-from=" + from(kind));
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
            coordinator.bean(ObjectMove.class).work();
            scene.devices.get(1).answer(1, GRADIENT);
            scene.awaitClosed(1);
            assertThat(scene.operator.post("/runs/" + scene.run + "/audit").get("agrees"))
                    .isEqualTo("true");
            models.add(scene.replica(2));
        }
        assertThat(models.get(0).x()).isEqualTo(models.get(1).x());
        assertThat(models.get(0).sum()).isEqualTo(models.get(1).sum());
    }

    private String from(String kind) {
        return kind.equals("folder") ? "folder:" + objects() : kind;
    }

    private long inSegments(Scene scene) {
        return coordinator
                .jdbc()
                .queryForList(
                        "SELECT p.id FROM message g JOIN message_payload p ON p.id = g.payload_id"
                                + " WHERE p.data IS NULL AND g.run_id = (SELECT id FROM run WHERE name = ?)",
                        Long.class,
                        scene.view().get("name"))
                .size();
    }

    private String object(String table, String column, Scene scene) {
        String range = coordinator
                .jdbc()
                .queryForObject(
                        "SELECT " + column + " FROM " + table + " WHERE run_id = (SELECT id FROM run WHERE name = ?)"
                                + " ORDER BY round_number FETCH FIRST 1 ROW ONLY",
                        String.class,
                        scene.view().get("name"));
        return String.valueOf(range).replaceFirst(":.*", "");
    }

    @Test
    void theSweepLeavesTheObjectsOfOthers() {
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        String fingerprint = scene.fingerprint();
        ObjectStore store = coordinator.bean(ObjectStore.class);
        String other = ObjectNames.next(Instant.parse("2026-01-01T00:00:00Z"));
        store.put(other, Content.of(new byte[5]));
        List<String> all = store.list("", 1000);

        coordinator.bean(ObjectSweep.class).work();
        assertThat(store.list("", 1000)).isEqualTo(all);
        assertThat(scene.fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void theSweepDeletesWhatRowsDoNotNameAnyMore() {
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        ObjectStore store = coordinator.bean(ObjectStore.class);
        String name = object("round_update", "data_at", scene);
        DurableTransactions transactions = coordinator.bean(DurableTransactions.class);
        StoredBytes bytes = coordinator.bean(StoredBytes.class);
        transactions.write(() -> {
            int unused = bytes.delete("round_update", "round_number = ?", 10, List.of("data", "delta"), 0);
        });
        coordinator.bean(ObjectSweep.class).work();
        assertThat(store.list("", 1000)).as("within the grace time").contains(name);

        sweepAfterTheGraceTime();
        assertThat(store.list("", 1000)).doesNotContain(name).isNotEmpty();
        assertThat(coordinator
                        .jdbc()
                        .queryForObject("SELECT COUNT(*) FROM stored_object WHERE name = ?", Long.class, name))
                .isZero();
    }

    @Test
    void aTransactionThatIsNotCommittedLeavesNothingButGarbage() {
        StoredBytes bytes = coordinator.bean(StoredBytes.class);
        ObjectStore store = coordinator.bean(ObjectStore.class);
        StoredBytes.Placed placed = bytes.place(Content.of(new byte[10]));
        DurableTransactions transactions = coordinator.bean(DurableTransactions.class);
        assertThatIllegalStateException()
                .isThrownBy(() -> transactions.write(() -> {
                    bytes.keep(placed);
                    throw new IllegalStateException("as if the process were killed");
                }));
        assertThat(store.list("", 1000)).hasSize(1);

        sweepAfterTheGraceTime();
        assertThat(store.list("", 1000)).isEmpty();
        assertThatThrownBy(() -> transactions.write(() -> bytes.keep(placed)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("evenkeel.storage.grace");
    }

    private void sweepAfterTheGraceTime() {
        coordinator
                .jdbc()
                .update("UPDATE stored_object SET unused_since = TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00Z'"
                        + " WHERE unused_since IS NOT NULL");
        coordinator.bean(ObjectSweep.class).work();
    }
}
