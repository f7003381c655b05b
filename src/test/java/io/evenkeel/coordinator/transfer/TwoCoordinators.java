package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two coordinators: a run is exported from one and imported by the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoCoordinators {

    private static final String FILE = "application/vnd.evenkeel.export";
    static final int ROUNDS = 12;

    private static final String[] SETTINGS = {
        "--evenkeel.retention.every=0",
        "--evenkeel.storage.inline=0B",
        "--evenkeel.retention.compaction-messages=3",
        "--evenkeel.retention.compaction-bytes-per-parameter=0",
        "--evenkeel.retention.receipts=6",
        "--evenkeel.rounds.checkpoint-every=4"
    };

    private static @Nullable RestartableCoordinator exporting;

    RestartableCoordinator here;
    RestartableCoordinator there;

    @BeforeAll
    void start(@TempDir Path folder) {
        here = exporting();
        there = importing(folder);
    }

    @AfterAll
    void stop() {
        if (here != exporting) {
            here.close();
        }
        there.close();
    }

    /** Returns the exporting coordinator. On H2 the classes of a JVM share it, and it ends with the JVM. */
    RestartableCoordinator exporting() {
        if (exporting == null) {
            try {
                exporting = new RestartableCoordinator(Files.createTempDirectory("exporting"), SETTINGS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return exporting;
    }

    RestartableCoordinator importing(Path folder) {
        return new RestartableCoordinator(folder.resolve("there"), SETTINGS);
    }

    static RestartableCoordinator onPostgres() {
        return new RestartableCoordinator(Postgres.shared().newDatabase(), SETTINGS);
    }

    final Scene scene() {
        return scene("");
    }

    /** Starts a run; {@code more} contains further fields of its definition, after a comma. */
    final Scene scene(String more) {
        return new Scene(here.endpoint(), here.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", ROUNDS, "\"gamma\":\"anytime:0.5:0.5\"" + more)
                .members(3)
                .start();
    }

    static void rounds(Scene scene, int from, int to) {
        for (int round = from; round < to; round++) {
            for (int i = 0; i < scene.devices.size(); i++) {
                TestDevice device = scene.devices.get(i);
                device.answer(round, TestDevice.gradient(device.model(round), i));
            }
            scene.await(scene.devices.get(0), round);
        }
    }

    static byte[] export(Scene scene) {
        Reply reply = scene.operator.get("/runs/" + scene.run + "/export");
        assertThat(reply.status()).isEqualTo(200);
        return reply.body();
    }

    static Reply importFile(Scene scene, byte[] file) {
        return scene.operator.post("/import", FILE, file);
    }

    /** Continues a run at the importing coordinator. */
    final void move(Scene scene, byte[] file) {
        scene.moveTo(there.endpoint(), there.jdbc());
        assertThat(importFile(scene, file).status()).isEqualTo(201);
    }

    static void change(Scene scene, String patch) {
        Reply reply = scene.operator.patch("/runs/" + scene.run + "?reason=for%20a%20test", patch);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    }

    static void assertRefused(Scene scene, byte[] file) {
        Reply reply = importFile(scene, file);
        assertThat(reply.problem()).isEqualTo("invalid-frame");
        assertThat(reply.number("position")).isPositive();
    }
}
