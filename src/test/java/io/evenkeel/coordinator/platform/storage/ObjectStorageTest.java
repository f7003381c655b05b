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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/**
 * Tests a coordinator whose models are objects in a folder, including a folder that is missing or has too few or too
 * many objects. The folder is a symbolic link, which a test replaces with a file.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectStorageTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    private Path folder;
    private RestartableCoordinator coordinator;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        folder = temporary;
        Files.createSymbolicLink(link(), Files.createDirectory(objects()));
        coordinator = startedWith(folder);
    }

    private static RestartableCoordinator startedWith(Path folder, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--evenkeel.storage.inline=0B", "--evenkeel.storage.sweep=0s", "--evenkeel.retention.every=0s"));
        all.addAll(List.of(settings));
        return new RestartableCoordinator(folder, all.toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    private Scene scene() {
        return scene(coordinator);
    }

    private static Scene scene(RestartableCoordinator coordinator) {
        return new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 100, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(2)
                .start();
    }

    private void answer(Scene scene, int round) {
        scene.devices.forEach(device -> device.answer(round, TestDevice.gradient(device.model(round), 0)));
    }

    private Path link() {
        return folder.resolve("db.objects");
    }

    private Path objects() {
        return folder.resolve("objects");
    }

    private static List<Path> files(Path objects) throws IOException {
        try (Stream<Path> all = Files.walk(objects)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void modelsAreInTheFolderBesideTheDatabaseAndSurviveARestart() throws IOException {
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        scene.closeRound(1, GRADIENT);
        String before = scene.fingerprint();
        coordinator.restart();
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());

        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(coordinator
                        .jdbc()
                        .queryForObject(
                                "SELECT COUNT(*) FROM round_update WHERE data IS NULL AND run_id ="
                                        + " (SELECT id FROM run WHERE name = ?)",
                                Long.class,
                                scene.run))
                .isEqualTo(2);
        assertThat(files(objects())).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void objectsMoveToAnotherStoreWhileTheCoordinatorRuns(@TempDir Path other) throws IOException {
        RestartableCoordinator moving = startedWith(other, "--evenkeel.storage.kind=database");
        try {
            Scene scene = scene(moving);
            scene.closeRound(0, GRADIENT);
            String before = scene.fingerprint();
            assertThat(chunks(moving)).isGreaterThanOrEqualTo(2);

            moving.close();
            moving = startedWith(other, "--evenkeel.storage.kind=folder", "--evenkeel.storage.move-from=database");
            scene.moveTo(moving.endpoint(), moving.jdbc());
            assertThat(scene.fingerprint()).isEqualTo(before);
            moving.bean(ObjectMove.class).work();
            assertThat(chunks(moving)).isZero();
            assertThat(scene.fingerprint()).isEqualTo(before);

            moving.close();
            moving = startedWith(other);
            scene.moveTo(moving.endpoint(), moving.jdbc());
            assertThat(scene.fingerprint()).isEqualTo(before);
            assertThat(files(other.resolve("db.objects"))).hasSizeGreaterThanOrEqualTo(2);
        } finally {
            moving.close();
        }
    }

    private static long count(RestartableCoordinator coordinator, String query) {
        return coordinator.jdbc().queryForList(query, Long.class).get(0);
    }

    private static long chunks(RestartableCoordinator coordinator) {
        return count(coordinator, "SELECT COUNT(*) FROM object_chunk");
    }

    @Test
    void roundsWaitForAnUnavailableFolderAndMessagesDoNot() throws IOException {
        Scene scene = scene();
        scene.closeRound(0, GRADIENT);
        Files.move(Files.createFile(folder.resolve("file")), link(), StandardCopyOption.ATOMIC_MOVE);
        answer(scene, 1);
        eventually()
                .until(() -> scene.view().get("state").equals("running")
                        && count(coordinator, "SELECT COUNT(*) FROM run WHERE closing AND round_number = 1") == 1);

        assertThatThrownBy(coordinator.bean(StorageHealthIndicator.class)::work)
                .isInstanceOf(ObjectStoreException.class);
        assertThat(coordinator.bean(StorageHealthIndicator.class).health().getStatus())
                .isEqualTo(Status.DOWN);

        // Replaces the file atomically, since a retry of the coordinator would create the folder while the file is
        // missing.
        Files.move(Files.createSymbolicLink(folder.resolve("link"), objects()), link(), StandardCopyOption.ATOMIC_MOVE);
        scene.awaitClosed(1);
        coordinator.bean(StorageHealthIndicator.class).work();
        assertThat(coordinator.bean(StorageHealthIndicator.class).health().getStatus())
                .isEqualTo(Status.UP);
        assertThat(scene.view().get("state")).isEqualTo("running");
    }

    @Test
    void aLostObjectAndALostSegmentPauseOnlyTheirRuns() throws IOException {
        Scene ofObject = scene();
        Scene ofSegment = scene();
        Scene other = scene();
        for (Scene scene : List.of(ofObject, ofSegment, other)) {
            scene.closeRound(0, GRADIENT);
        }
        TestDevice first = ofSegment.devices.get(0);
        first.answer(1, TestDevice.gradient(first.model(1), 0));
        String object = object("round_update", "data_at", ofObject);
        String segment = segment(ofSegment, 1);
        Path lost = Files.createDirectory(folder.resolve("lost"));
        Map<Path, Path> moved = Map.of(file(object), lost.resolve(object), file(segment), lost.resolve(segment));
        for (Map.Entry<Path, Path> file : moved.entrySet()) {
            Files.move(file.getKey(), file.getValue());
        }
        coordinator.restart();
        for (Scene scene : List.of(ofObject, ofSegment, other)) {
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        }

        // Sends the missing messages of round 1.
        ofObject.devices.forEach(device -> device.answer(1, GRADIENT));
        ofSegment.devices.get(1).answer(1, GRADIENT);
        other.closeRound(1, GRADIENT);
        assertPausedWithout(object, ofObject);
        assertPausedWithout(segment, ofSegment);
        assertThat(other.view().get("state")).isEqualTo("running");

        for (Map.Entry<Path, Path> file : moved.entrySet()) {
            Files.move(file.getValue(), file.getKey());
        }
        for (Scene scene : List.of(ofObject, ofSegment)) {
            scene.act("resume");
            scene.awaitClosed(1);
        }
    }

    private Path file(String name) throws IOException {
        return files(objects()).stream()
                .filter(path -> path.endsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private void assertPausedWithout(String object, Scene scene) {
        eventually().until(() -> scene.view().get("state").equals("paused"));
        assertThat(String.valueOf(scene.view().get("message")))
                .contains("object " + object + " is not in the object store (folder " + link() + ")")
                .contains("the run then continues automatically");
        assertThat(scene.view().get("stopReason")).isEqualTo("objects-missing");
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

    /** Covers messages in segments and in rows of the database, restarts, and moves between stores. */
    @Test
    @Tag("full")
    void aModelHasTheSameBitsWhereverItsMessagesAre(@TempDir Path other) {
        List<Replica> models = new ArrayList<>();
        for (String kind : List.of("folder", "database")) {
            Path place = other.resolve(kind);
            RestartableCoordinator first = startedWith(place, "--evenkeel.storage.kind=" + kind);
            Scene scene;
            try {
                scene = scene(first);
                scene.closeRound(0, GRADIENT);
                scene.devices.get(0).answer(1, GRADIENT);
                assertThat(inSegments(first, scene)).isEqualTo(kind.equals("folder") ? 3 : 0);
            } finally {
                first.close();
            }
            String next = kind.equals("folder") ? "database" : "folder";
            String from = kind.equals("folder") ? "folder:" + place.resolve("db.objects") : kind;
            RestartableCoordinator second =
                    startedWith(place, "--evenkeel.storage.kind=" + next, "--evenkeel.storage.move-from=" + from);
            try {
                scene.moveTo(second.endpoint(), second.jdbc());
                second.bean(ObjectMove.class).work();
                scene.devices.get(1).answer(1, GRADIENT);
                scene.awaitClosed(1);
                assertThat(scene.operator.post("/runs/" + scene.run + "/audit").get("agrees"))
                        .isEqualTo("true");
                models.add(scene.replica(2));
            } finally {
                second.close();
            }
        }
        assertThat(models.get(0).x()).isEqualTo(models.get(1).x());
        assertThat(models.get(0).sum()).isEqualTo(models.get(1).sum());
    }

    private static long inSegments(RestartableCoordinator coordinator, Scene scene) {
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
    void theSweepDeletesObjectsThatRowsNoLongerReferTo() {
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

        sweepAfterTheGraceTimeOf(name);
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
        List<String> before = store.list("", 1000);
        StoredBytes.Placed placed = bytes.place(Content.of(new byte[10]));
        DurableTransactions transactions = coordinator.bean(DurableTransactions.class);
        assertThatIllegalStateException()
                .isThrownBy(() -> transactions.write(() -> {
                    bytes.keep(placed);
                    throw new IllegalStateException("as if the process were killed");
                }));
        List<String> garbage = new ArrayList<>(store.list("", 1000));
        garbage.removeAll(before);
        assertThat(garbage).hasSize(1);

        sweepAfterTheGraceTimeOf(garbage.get(0));
        assertThat(store.list("", 1000)).isEqualTo(before);
        assertThatThrownBy(() -> transactions.write(() -> bytes.keep(placed)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("evenkeel.storage.grace");
    }

    /**
     * Sweeps after the grace time of one object. Other unused objects, such as the segment for the next messages, stay.
     */
    private void sweepAfterTheGraceTimeOf(String object) {
        coordinator
                .jdbc()
                .update(
                        "UPDATE stored_object SET unused_since = TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00Z'"
                                + " WHERE unused_since IS NOT NULL AND name = ?",
                        object);
        coordinator.bean(ObjectSweep.class).work();
    }
}
