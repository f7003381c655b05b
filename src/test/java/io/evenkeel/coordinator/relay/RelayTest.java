package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        Path place = folder.resolve("site-" + sites.size());
        RestartableCoordinator site = new RestartableCoordinator(
                place,
                "--evenkeel.relay.upstream=" + upstream,
                "--evenkeel.relay.run=" + above.run,
                "--evenkeel.relay.enrolment-token=" + token,
                "--evenkeel.relay.folder=" + place.resolve("relay"),
                "--evenkeel.relay.ask-every=3s");
        sites.add(site);
        return new Scene(site.endpoint(), site.jdbc(), above.run, compressor, FeedbackMethod.EF21);
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

    /** Trains with top-k on both levels; {@code between} gets the round when one of two devices has answered it. */
    private double[] trained(IntConsumer between) {
        Scene above = run("ef21-sgdm-norm", "top-k:3", "").members(1);
        Scene below = relay(above, root.endpoint(), "top-k:3", 2);
        RestartableCoordinator site = sites.get(sites.size() - 1);
        above.start();
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(below, round);
            answer(below, round, 0, 0);
            between.accept(round);
            below.moveTo(site.endpoint(), site.jdbc());
            above.moveTo(root.endpoint(), root.jdbc());
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
    void restartsOfARelayChangeNoBit() {
        double[] undisturbed = trained(round -> {});
        double[] disturbed = trained(round -> {
            if (round % 2 == 1) {
                sites.get(1).restart();
            }
        });
        assertThat(disturbed).isEqualTo(undisturbed);
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
