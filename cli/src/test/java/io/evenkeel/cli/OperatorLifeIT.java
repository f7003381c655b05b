package io.evenkeel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of an operator during a run, against a real coordinator. */
@OnlyInCi
class OperatorLifeIT {

    private static final String DEFINITION = """
            name: points
            dimension: 20
            algorithm: ef21-norm
            compressor: top-k:3
            gamma: constant:0.1
            rounds: 3
            participants: {min: 2, max: 2}
            time: {max: 1h}
            """;
    private static final int PAUSED_IN_ROUND = 1;

    private static LocalCoordinator coordinator;

    @TempDir
    private Path home;

    private CliHarness cli;

    @BeforeAll
    static void start(@TempDir Path folder) {
        coordinator = LocalCoordinator.start(folder, JavaLaunch.QUICK);
    }

    @AfterAll
    static void stop() {
        coordinator.close();
    }

    @BeforeEach
    void login() throws IOException {
        cli = new CliHarness(home).inRealTime();
        int exitCode = cli.typing(coordinator.operatorToken() + "\n")
                .run("login", "--coordinator", coordinator.address().toString(), "--token-stdin");
        assertThat(exitCode).as(cli.err()).isZero();
        Files.writeString(home.resolve("run.yaml"), DEFINITION);
    }

    private String typed(String... args) {
        assertThat(cli.run(args)).as(cli.err()).isZero();
        return cli.out();
    }

    private void create(String run) {
        assertThat(typed("runs", "create", "-f", home.resolve("run.yaml").toString(), "--name", run))
                .startsWith(run + "  created  round 0 of 3");
    }

    /** Trains until the run ends; in one round, waits until the test lets it continue. */
    private static void train(String run, String token, int device, CountDownLatch atPause, CountDownLatch goOn) {
        try (EvenkeelClient client = EvenkeelClient.builder(coordinator.address())
                .run(run)
                .enrolmentToken(token)
                .name("device-" + device)
                .memoryState()
                .build()) {
            client.train(model -> {
                if (model.round() == PAUSED_IN_ROUND) {
                    atPause.countDown();
                    assertThat(goOn.await(5, TimeUnit.MINUTES)).isTrue();
                }
                double[] gradient = model.toDoubles();
                Arrays.setAll(gradient, j -> gradient[j] - j - device);
                return Gradient.of(gradient);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aRunIsCreatedTrainedPausedWatchedAndAudited() throws Exception {
        create("points");
        assertThat(cli.run("runs", "start", "points")).isEqualTo(5);
        assertThat(cli.err()).contains("too few members");
        String token = typed("tokens", "create", "--uses", "2", "--expires", "1h", "--run", "points")
                .strip();
        CountDownLatch atPause = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<CompletableFuture<Void>> devices = IntStream.range(0, 2)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> train("points", token, i, atPause, goOn), threads))
                    .toList();
            assertThat(typed("runs", "start", "points", "--wait", "--timeout", "5m"))
                    .startsWith("points  running");
            assertThat(atPause.await(5, TimeUnit.MINUTES)).isTrue();

            assertThat(typed("runs", "pause", "points")).startsWith("points  paused  round 1 of 3");
            assertThat(typed("runs", "show", "points")).contains("points  paused", "0 answered");
            assertThat(cli.run("runs", "pause", "points")).isEqualTo(5);
            change();
            assertThat(typed("runs", "resume", "points")).startsWith("points  running");
            goOn.countDown();

            assertThat(typed("runs", "watch", "points").lines())
                    .last()
                    .asString()
                    .contains("finished  round 4/4");
            devices.forEach(CompletableFuture::join);
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
        inspect();
    }

    /** Changes the run while round 1 is open. */
    private void change() {
        assertThat(typed("runs", "set", "points", "rounds=4", "time.max=90s", "--dry-run"))
                .containsPattern("time.max +1h +90s")
                .contains("from round 2 on");
        assertThat(cli.run("runs", "set", "points", "rounds=4")).isEqualTo(2);
        assertThat(typed("runs", "set", "points", "rounds=4", "time.max=90s", "--reason", "one more", "--yes"))
                .startsWith("Run points is at revision 1: from round 2 on");
        assertThat(cli.run("runs", "set", "points", "rounds=1", "--yes")).isEqualTo(2);
        assertThat(cli.err()).contains("at least 2: round 1 is open");
        assertThat(cli.run("runs", "set", "points", "compressor=top-k:4", "--yes"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("compressor", "cannot change");
        assertThat(typed("runs", "show", "points")).contains("points  paused  round 1 of 4", "runs revisions points");
    }

    private void inspect() throws IOException {
        assertThat(typed("runs", "list", "--state", "finished")).containsPattern("points +finished +4/4 +- +2");
        assertThat(typed("runs", "revisions", "points"))
                .containsPattern("1 +2 +rounds 3 -> 4, time.max 1h -> 90s +one more");
        assertThat(typed("runs", "members", "points")).contains("device-0", "device-1");
        assertThat(typed("runs", "rounds", "points").lines()).hasSize(5);
        assertThat(typed("runs", "audit", "points")).contains("the sum agrees with the messages");
        assertThat(typed("runs", "smoothness", "points")).contains("points");
        Path model = home.resolve("model.npy");
        typed("runs", "model", "get", "points", "--wait", "--to", model.toString());
        assertThat(typed("runs", "init", "--from", model.toString(), "-f", "-")).contains("shape: [20]");
        publish();
        assertThat(typed("tokens", "list", "--all")).containsPattern("enrolment +used up +0/2");
        assertThat(typed("system")).containsPattern("database +H2 ").containsPattern("alive");
        assertThat(typed("log", "--run", "points"))
                .containsSubsequence(
                        "POST /runs/points/audit",
                        "POST /runs/points/resume",
                        "PATCH /runs/points",
                        "POST /runs/points/pause",
                        "POST /runs/points/start",
                        "POST /runs");
        revokeADevice();
    }

    private void publish() {
        Path file = home.resolve("points.safetensors");
        typed("models", "publish", "points-model", "--run", "points", "--metadata", "ticket=ML-7");
        typed("models", "publish", "points-model", "--run", "points", "--dtype", "float64");
        typed("models", "promote", "points-model", "1");
        assertThat(typed("models", "promote", "points-model", "2")).contains("names version 2");
        assertThat(typed("models", "rollback", "points-model")).contains("names version 1");
        assertThat(typed("models", "show", "points-model", "@production")).contains("points, round 4", "ML-7");
        assertThat(typed("models", "get", "points-model", "@production", "--to", file.toString()))
                .contains("version 1");
        assertThat(cli.run("models", "delete", "points-model", "1", "--yes")).isEqualTo(5);
        typed("models", "publish", "uploaded-model", "--file", file.toString());
        assertThat(typed("models", "list")).containsPattern("points-model +2 +2 +production=1");
        assertThat(typed("models", "history", "points-model").lines()).hasSize(4);
    }

    private void revokeADevice() {
        String device = typed("devices", "list", "--name", "device-1")
                .lines()
                .toList()
                .get(1)
                .split(" ", -1)[0];
        assertThat(typed("devices", "label", device, "cohort=b", "none-")).contains("has the labels cohort=b");
        assertThat(typed("devices", "list", "--selector", "cohort in (a,b)")).contains(device, "cohort=b");
        assertThat(typed("devices", "count", "--selector", "cohort=b")).startsWith("1 of ");
        assertThat(typed("devices", "revoke", device, "--yes")).contains("is revoked");
        assertThat(typed("devices", "show", device)).containsPattern("revoked +20");
        assertThat(typed("devices", "list", "--revoked")).contains(device);
    }

    @Test
    void aModelIsUploadedAndTheRunCancelled() throws IOException {
        Path model = Files.write(home.resolve("x.bin"), new byte[20 * Double.BYTES]);
        typed(
                "runs",
                "create",
                "-f",
                home.resolve("run.yaml").toString(),
                "--name",
                "uploaded",
                "--model",
                model.toString());
        typed("runs", "model", "put", "uploaded", model.toString(), "--dtype", "float64");
        assertThat(cli.run("runs", "cancel", "uploaded")).isEqualTo(2);
        assertThat(typed("runs", "cancel", "uploaded", "--yes")).startsWith("uploaded  cancelled");
        assertThat(cli.run("runs", "watch", "uploaded")).isEqualTo(1);
    }

    @Test
    void aViewerCanOnlyReadUntilItsTokenIsRevoked() {
        create("looked-at");
        String token =
                typed("tokens", "create", "--viewer", "eve", "--expires", "1h").strip();
        String id = typed("tokens", "list")
                .lines()
                .filter(line -> line.endsWith(" eve"))
                .findFirst()
                .orElseThrow()
                .split(" ", -1)[0];

        assertThat(typed("runs", "show", "looked-at", "--token", token)).startsWith("looked-at");
        assertThat(cli.run("runs", "cancel", "looked-at", "--yes", "--token", token))
                .isEqualTo(4);
        assertThat(typed("tokens", "revoke", id, "--yes")).contains(id + " is revoked");
        assertThat(cli.run("runs", "show", "looked-at", "--token", token)).isEqualTo(4);
        assertThat(typed("log")).containsPattern("eve.*POST /runs/looked-at/cancel +403");
    }

    @Test
    void aDefinitionThatIsWrongIsRefusedNamingTheField() throws IOException {
        Path file = Files.writeString(home.resolve("wrong.yaml"), DEFINITION.replace("rounds: 3", "rounds: 0"));

        assertThat(cli.run("runs", "create", "-f", file.toString())).isEqualTo(2);
        assertThat(cli.err()).contains("rounds");
        assertThat(cli.run("runs", "show", "nobody")).isEqualTo(3);
    }
}
