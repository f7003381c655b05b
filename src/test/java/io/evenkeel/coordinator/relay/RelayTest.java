package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunPrivacy;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;

/** A coordinator that is a member of a run above, for its own devices. */
class RelayTest {

    private static final int ROUNDS = 6;
    private static final String LOSSLESS = "identity+float64";
    private static final String STEP = "\"gamma\":\"anytime:0.5:0.5\"";

    @TempDir
    Path folder;

    private RestartableCoordinator root;
    private final List<RestartableCoordinator> sites = new ArrayList<>();

    @BeforeEach
    void startTheRoot() {
        root = new RestartableCoordinator(folder.resolve("root"));
    }

    @AfterEach
    void stop() {
        sites.forEach(RestartableCoordinator::close);
        root.close();
    }

    private Scene run(String algorithm, String compressor, String more) {
        return new Scene(root.endpoint(), root.jdbc(), Scene.newName(), compressor, FeedbackMethod.EF21)
                .create(algorithm, ROUNDS, STEP + more);
    }

    /** Starts a relay below a run, with devices, and waits until it is a member there. */
    private Scene relay(Scene above, String upstream, String compressor, int devices) {
        Scene below = relay(above, upstream, compressor);
        int before = above.view().number("members");
        eventually().until(() -> below.view().status() == 200);
        assertThat(before).isLessThanOrEqualTo(above.view().number("members"));
        return below.members(devices);
    }

    private Scene relay(Scene above, String upstream, String compressor) {
        String token =
                above.operator.postJson("/enrolment-tokens", "{\"uses\":1}").get("token");
        RestartableCoordinator site =
                site(above, upstream, "site-" + sites.size(), "--evenkeel.relay.enrolment-token=" + token);
        sites.add(site);
        return new Scene(site.endpoint(), site.jdbc(), above.run, compressor, FeedbackMethod.EF21);
    }

    /** Starts a coordinator that is a relay, in a folder with its database and what it knows of its membership. */
    private RestartableCoordinator site(Scene above, String upstream, String place, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--evenkeel.relay.upstream=" + upstream,
                "--evenkeel.relay.run=" + above.run,
                "--evenkeel.relay.folder=" + folder.resolve(place).resolve("relay"),
                "--evenkeel.relay.ask-every=3s"));
        settings.addAll(List.of(more));
        return new RestartableCoordinator(folder.resolve(place), settings.toArray(String[]::new));
    }

    private static void answer(Scene scene, int round, int device, int place) {
        TestDevice member = scene.devices.get(device);
        member.answer(round, TestDevice.gradient(member.model(round), place));
    }

    private static void awaitRound(Scene scene, int round) {
        eventually().until(() -> {
            Reply view = scene.view();
            return view.number("round") == round && "running".equals(view.get("state"));
        });
    }

    private static void awaitState(Scene scene, String state) {
        eventually().until(() -> state.equals(scene.view().get("state")));
    }

    private double[] flat(String compressor) {
        Scene flat = run("ef21-norm", compressor, "").members(4).start();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < 4; i++) {
                answer(flat, round, i, i);
            }
            flat.awaitClosed(round);
        }
        return flat.devices.get(0).model(ROUNDS);
    }

    private static void assertClose(double[] x, double[] expected) {
        for (int j = 0; j < x.length; j++) {
            assertThat(x[j]).isCloseTo(expected[j], within(1e-12));
        }
    }

    @Test
    void aRelayAndADeviceGiveTheModelOfAFlatFleet() {
        double[] expected = flat(LOSSLESS);
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 3);
        above.start();
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(below, round);
            for (int i = 0; i < 3; i++) {
                answer(below, round, i, i);
            }
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(below, "finished");
        double[] x = above.devices.get(0).model(ROUNDS);
        assertThat(below.devices.get(0).model(ROUNDS)).isEqualTo(x);
        assertThat(below.devices.get(0).model(3)).isEqualTo(above.devices.get(0).model(3));
        assertClose(x, expected);
    }

    @Test
    @Tag("full")
    void threeLevelsGiveTheModelOfAFlatFleet() {
        double[] expected = flat(LOSSLESS);
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene region = relay(above, root.endpoint(), LOSSLESS, 1);
        Scene site = relay(region, sites.get(0).endpoint(), LOSSLESS, 2);
        above.start();
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(region, round);
            answer(region, round, 0, 2);
            awaitRound(site, round);
            for (int i = 0; i < 2; i++) {
                answer(site, round, i, i);
            }
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(site, "finished");
        double[] x = above.devices.get(0).model(ROUNDS);
        assertThat(site.devices.get(0).model(ROUNDS)).isEqualTo(x);
        assertClose(x, expected);
    }

    /** Something that happens to a relay in a round that one of its two devices has answered. */
    private interface Trouble {
        void strike(int round, Scene above, Scene below) throws IOException;
    }

    /** Trains with top-k on both levels. */
    private double[] trained(Trouble between) throws IOException {
        Scene above = run("ef21-sgdm-norm", "top-k:3", "").members(1);
        Scene below = relay(above, root.endpoint(), "top-k:3", 2);
        above.start();
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(below, round);
            answer(below, round, 0, 0);
            between.strike(round, above, below);
            RestartableCoordinator site = sites.get(sites.size() - 1);
            below.moveTo(site.endpoint(), site.jdbc());
            answer(below, round, 1, 1);
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(below, "finished");
        assertThat(below.operator.post("/runs/" + below.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(above.operator.post("/runs/" + above.run + "/audit").get("agrees"))
                .isEqualTo("true");
        return above.devices.get(0).model(ROUNDS);
    }

    @Test
    void restartsOfARelayAndAMoveByExportAndImportChangeNoBit() throws IOException {
        double[] undisturbed = trained((round, above, below) -> {});
        double[] disturbed = trained((round, above, below) -> {
            if (round == 2) {
                move(above, below);
            } else if (round % 2 == 1) {
                sites.get(1).restart();
            }
        });
        assertThat(disturbed).isEqualTo(undisturbed);
    }

    /** Moves a site to another machine: its folder by a copy, its database by export and import. */
    private void move(Scene above, Scene below) throws IOException {
        byte[] export = below.operator.get("/export").body();
        sites.remove(1).close();
        Path place = Files.createDirectories(folder.resolve("moved"));
        FileSystemUtils.copyRecursively(folder.resolve("site-1").resolve("relay"), place.resolve("relay"));
        try (RestartableCoordinator target = new RestartableCoordinator(place)) {
            Http operator = new Http(target.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
            assertThat(operator.post("/import", "application/vnd.evenkeel.export", export)
                            .status())
                    .isEqualTo(201);
        }
        RestartableCoordinator moved = site(above, root.endpoint(), "moved");
        sites.add(moved);
        below.moveTo(moved.endpoint(), moved.jdbc());
        below.act("resume");
    }

    /** Answers a round with all devices of a site. */
    private static void answerAll(Scene below, int round) {
        awaitRound(below, round);
        for (int i = 0; i < below.devices.size(); i++) {
            answer(below, round, i, i);
        }
    }

    @Test
    void aRelayThatLostItsFolderIsANewMemberAndNothingCountsTwice() throws IOException {
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 2);
        eventually().until(() -> above.view().number("members") == 2);
        above.start();
        answerAll(below, 0);
        answer(above, 0, 0, 3);
        awaitRound(below, 1);
        sites.remove(0).close();
        FileSystemUtils.deleteRecursively(folder.resolve("site-0").resolve("relay"));
        String lost =
                root.jdbc().queryForObject("SELECT client_id FROM member ORDER BY ordinal DESC LIMIT 1", String.class);
        assertThat(above.operator.delete("/clients/" + lost).status()).isEqualTo(204);
        String token =
                above.operator.postJson("/enrolment-tokens", "{\"uses\":1}").get("token");
        sites.add(site(above, root.endpoint(), "site-0", "--evenkeel.relay.enrolment-token=" + token));
        below.moveTo(sites.get(0).endpoint(), sites.get(0).jdbc());
        // The new member takes part from the next round on.
        eventually()
                .until(() -> Integer.valueOf(3)
                        .equals(root.jdbc().queryForObject("SELECT COUNT(*) FROM member", Integer.class)));
        answer(above, 1, 0, 3);
        above.awaitClosed(1);
        // At the model of round 1, which leads to that of round 2.
        answerAll(below, 1);
        answerAll(below, 2);
        answer(above, 2, 0, 3);
        above.awaitClosed(2);
        assertThatTheSumIsThatOfAllDevices(above, below, 3);
    }

    private static void assertThatTheSumIsThatOfAllDevices(Scene above, Scene below, int round) {
        List<TestDevice> all = new ArrayList<>(above.devices);
        all.addAll(below.devices);
        assertThat(Scene.difference(above.replica(round).sum(), all, 1, 1, 1)).isLessThan(1e-12);
        assertThat(above.operator.post("/runs/" + above.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    @Test
    @Tag("full")
    void aRelayWithNothingButItsCredentialsGetsItsGFromAbove() throws IOException {
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 2);
        eventually().until(() -> above.view().number("members") == 2);
        above.start();
        Path current = folder.resolve("site-0").resolve("relay");
        Path credentials = folder.resolve("credentials");
        for (int round = 0; round < 3; round++) {
            answerAll(below, round);
            answer(above, round, 0, 3);
            above.awaitClosed(round);
            awaitRound(below, round + 1);
            sites.remove(0).close();
            if (round == 1) {
                Files.move(current.resolve("credentials"), credentials);
                FileSystemUtils.deleteRecursively(current);
                Files.move(credentials, Files.createDirectory(current).resolve("credentials"));
            }
            sites.add(site(above, root.endpoint(), "site-0"));
            below.moveTo(sites.get(0).endpoint(), sites.get(0).jdbc());
        }
        assertThatTheSumIsThatOfAllDevices(above, below, 3);
    }

    @Test
    @Tag("full")
    void roundsGoOnWithoutARelayThatIsLateAndItCatchesUp() {
        Scene above = run("ef21-norm", LOSSLESS, ",\"participants\":{\"min\":1,\"max\":1}")
                .members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 1);
        above.start();
        awaitRound(below, 0);
        answer(above, 0, 0, 3);
        above.awaitClosed(0);
        answer(above, 1, 0, 3);
        above.awaitClosed(1);
        // Its answer to the first model is late. Its round leads to a later model, whose answer alone closes the round
        // above.
        answer(below, 0, 0, 0);
        awaitRound(below, 1);
        answer(below, 1, 0, 0);
        above.awaitClosed(2);
        for (int round = 3; round < ROUNDS; round++) {
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        assertThat(above.operator.post("/runs/" + above.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(below.operator.post("/runs/" + below.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    /** The relay needs nothing but the sum, with or without noise in it, which starts from zero at a rebase. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"privacy\":{\"normalization\":\"clip\",\"bound\":1,\"noiseMultiplier\":20,\"budget\":{\"delta\":1e-6}}"
            })
    void withSecureAggregationAtTheSiteTheRelaySendsTheMeanOfTheSum(String privacy) {
        Scene above = new Scene(root.endpoint(), root.jdbc(), Scene.newName(), LOSSLESS, FeedbackMethod.EF21);
        Scene below = relay(above, root.endpoint(), "identity");
        CohortScene cohort = new CohortScene(below, "identity", 5, 6, 2)
                .create("ef21", ROUNDS, "\"step\":\"upstream\"" + privacy)
                .members(5);
        // The relay asks for the run above until there is one.
        above.create("ef21-norm", ROUNDS, STEP).members(1);
        eventually().until(() -> above.view().number("members") == 2);
        above.start();
        for (int round = 0; round < 4; round++) {
            awaitRound(below, round);
            cohort.stage(round, device -> privacy.isEmpty());
            if (round == 2) {
                sites.get(0).restart();
                below.moveTo(sites.get(0).endpoint(), sites.get(0).jdbc());
            }
            cohort.attempt(0, cohort.devices);
            cohort.devices.forEach(device -> assertThat(device.settle()).isTrue());
            answer(above, round, 0, 3);
            above.awaitClosed(round);
            awaitRound(below, round + 1);

            double[] sum = below.replica(round + 1).sum();
            if (privacy.isEmpty()) {
                assertThat(sum).isEqualTo(cohort.expectedSum());
            }
            for (int j = 0; j < sum.length; j++) {
                sum[j] += above.devices.get(0).memory()[j];
            }
            assertClose(above.replica(round + 1).sum(), sum);
        }
    }

    private static RunPlan plan(
            String feedback, @Nullable RunPrivacy privacy, @Nullable RunSecureAggregation aggregation) {
        return new RunPlan(
                Scene.newName(),
                TensorLayout.flat(Scene.DIMENSION),
                ROUNDS,
                ROUNDS,
                "ef21-norm",
                feedback,
                "normalized",
                "constant:1",
                "constant:1",
                "identity",
                null,
                OptionalInt.empty(),
                1,
                0,
                1000,
                privacy,
                aggregation);
    }

    @Test
    void refusesRunsAboveThatARelayCannotAnswer() {
        FollowingRun run = root.bean(FollowingRun.class);
        assertThatThrownBy(() -> run.prepare(plan("ef21-storm", null, null))).hasMessageContaining("two gradients");
        RunPrivacy privacy = new RunPrivacy(NoiseAdder.DEVICE, null, "clip:1:20", 1e-6, null, 10);
        assertThatThrownBy(() -> run.prepare(plan("ef21", privacy, null))).hasMessageContaining("has privacy");
        RunSecureAggregation aggregation = new RunSecureAggregation(List.of(), 0.1, 0.05, 100, -20, 5, 10);
        assertThatThrownBy(() -> run.prepare(plan("ef21", null, aggregation)))
                .hasMessageContaining("has secure aggregation");
    }

    @Test
    void theRunEndsAsTheRunAboveIsCancelled() {
        Scene above = run("ef21-norm", LOSSLESS, "");
        Scene below = relay(above, root.endpoint(), LOSSLESS, 1);
        eventually().until(() -> above.view().number("members") == 1);
        above.start();
        awaitRound(below, 0);
        above.act("cancel");
        awaitState(below, "cancelled");
    }
}
