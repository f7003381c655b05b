package io.evenkeel.coordinator.integrity;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.member.MissingObjects;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/**
 * Tests what operators see if objects of runs are missing from the folder, and that the runs continue once the objects
 * are restored.
 */
@OnlyInCi
class MissingObjectsTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    @TempDir
    Path folder;

    private RestartableCoordinator coordinator;

    @BeforeEach
    void start() {
        coordinator = started("--evenkeel.storage.sweep=0s");
    }

    private RestartableCoordinator started(String sweep) {
        return new RestartableCoordinator(
                folder, "--evenkeel.storage.inline=0B", sweep, "--evenkeel.retention.every=0s");
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private Scene scene() {
        Scene scene = new Scene(
                        coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 100, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(2)
                .start();
        scene.closeRound(0, GRADIENT);
        return scene;
    }

    private Path objects() {
        return folder.resolve("db.objects");
    }

    private Path away(Path file) {
        return folder.resolve("away").resolve(String.valueOf(file.getFileName()));
    }

    /** Removes the objects of a run's model and updates. */
    private List<Path> lose(Scene scene) throws IOException {
        List<String> ranges = coordinator
                .jdbc()
                .queryForList(
                        "SELECT state_at FROM checkpoint WHERE run_id = (SELECT id FROM run WHERE name = ?)"
                                + " UNION SELECT data_at FROM round_update"
                                + " WHERE run_id = (SELECT id FROM run WHERE name = ?)",
                        String.class,
                        scene.run,
                        scene.run);
        List<String> names =
                ranges.stream().map(range -> range.replaceFirst(":.*", "")).toList();
        Files.createDirectories(folder.resolve("away"));
        try (Stream<Path> all = Files.walk(objects())) {
            List<Path> lost = all.filter(file -> names.contains(String.valueOf(file.getFileName())))
                    .sorted()
                    .toList();
            assertThat(lost).hasSizeGreaterThanOrEqualTo(2);
            for (Path file : lost) {
                Files.move(file, away(file));
            }
            return lost;
        }
    }

    private void putBack(List<Path> lost) throws IOException {
        for (Path file : lost) {
            Files.move(away(file), file);
        }
    }

    private static List<String> names(List<Path> files) {
        return files.stream().map(file -> String.valueOf(file.getFileName())).toList();
    }

    private ObjectCheck check() {
        return coordinator.bean(ObjectCheck.class);
    }

    private MissingObjects missing() {
        return coordinator.bean(MissingObjects.class);
    }

    private void assertNamesAll(Scene scene, List<Path> lost) {
        assertThat(scene.view().get("state")).isEqualTo("paused");
        assertThat(scene.view().get("stopReason")).isEqualTo("objects-missing");
        assertThat(String.valueOf(scene.view().get("message")))
                .startsWith(lost.size() + " objects are not in the object store (folder " + objects() + ")")
                .contains(names(lost))
                .endsWith(MissingObjects.ACTION)
                .doesNotContain("cannot be rebuilt", "restore the database");
    }

    @Test
    void aRunServedFromMemoryIsPausedWithAllNamesAndContinuesWhenTheyAreBack() throws IOException {
        Scene scene = scene();
        Scene other = scene();
        List<Path> lost = lose(scene);
        scene.devices.get(0).answer(1, TestDevice.gradient(scene.devices.get(0).model(1), 0));

        check().work();
        assertNamesAll(scene, lost);
        assertThat(other.view().get("state")).isEqualTo("running");
        assertThat(missing().health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(String.valueOf(missing().health().getDetails().get("error"))).contains(names(lost));
        assertThat(scene.operator.get("/system").text()).contains(names(lost));
        assertThat(scene.operator.get("/overview").text())
                .contains("\"objects-missing\"", "evenkeel runs show " + scene.run);

        putBack(lost.subList(1, lost.size()));
        check().work();
        assertThat(missing().names()).as("a known one has not been restored").hasSize(1);
        assertThat(scene.view().get("state")).isEqualTo("paused");

        putBack(lost.subList(0, 1));
        check().work();
        assertThat(scene.view().get("state")).isEqualTo("running");
        assertThat(scene.view().json().containsKey("stopReason")).isFalse();
        assertThat(missing().health().getStatus()).isEqualTo(Status.UP);
        scene.devices.get(1).answer(1, GRADIENT);
        scene.awaitClosed(1);
    }

    @Test
    void aRunWhoseModelIsMissingAtStartupIsNotServedAndResumesAutomatically() throws IOException {
        Scene scene = scene();
        double[] before = scene.replica(1).x();
        List<Path> lost = lose(scene);
        coordinator.close();
        coordinator = started("--evenkeel.storage.sweep=10m");
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());

        eventually().until(() -> String.valueOf(scene.view().get("message")).startsWith(lost.size() + " objects"));
        assertNamesAll(scene, lost);

        putBack(lost);
        check().work();
        assertThat(scene.view().get("state")).isEqualTo("running");
        assertThat(scene.replica(1).x()).isEqualTo(before);
    }

    @Test
    void aResumedRunPausesAgainWhenItNeedsAMissingObject() throws IOException {
        Scene scene = scene();
        List<Path> lost = lose(scene);
        check().check();
        scene.act("resume");

        coordinator.restart();
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        eventually().until(() -> scene.view().get("state").equals("paused"));
        check().check();
        assertNamesAll(scene, lost);
    }

    @Test
    void anOperatorsPauseIsNotEnded() throws IOException {
        Scene scene = scene();
        List<Path> lost = lose(scene);
        scene.act("pause");
        check().check();
        putBack(lost);
        check().check();

        assertThat(scene.view().get("state")).isEqualTo("paused");
        assertThat(scene.view().json().containsKey("stopReason")).isFalse();
    }

    @Test
    void anObjectThatIsTooShortIsMissingUntilItIsWhole() throws IOException {
        Scene scene = scene();
        List<Path> lost = lose(scene);
        putBack(lost);
        Path file = lost.get(0);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[1]);
        coordinator.restart();
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        eventually().until(() -> scene.view().get("state").equals("paused"));
        check().check();
        assertThat(missing().names()).containsExactlyElementsOf(names(lost.subList(0, 1)));
        assertThat(String.valueOf(scene.view().get("message"))).contains("or incomplete");

        Files.write(file, whole);
        check().work();
        assertThat(scene.view().get("state")).isEqualTo("running");
    }
}
