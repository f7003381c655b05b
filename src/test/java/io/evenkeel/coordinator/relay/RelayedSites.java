package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator that the tests of a class share, and the relays at sites below it. */
abstract class RelayedSites {

    static final int ROUNDS = 6;
    static final String LOSSLESS = "identity+float64";
    static final String STEP = "\"gamma\":\"anytime:0.5:0.5\"";

    @SuppressWarnings("NullAway.Init")
    static RestartableCoordinator root;

    @TempDir
    Path folder;

    final List<RestartableCoordinator> sites = new ArrayList<>();

    @BeforeAll
    static void startTheRoot(@TempDir Path folder) {
        root = new RestartableCoordinator(folder);
    }

    @AfterAll
    static void stopTheRoot() {
        root.close();
    }

    @AfterEach
    void stopTheSites() {
        sites.forEach(RestartableCoordinator::close);
    }

    Scene run(String algorithm, String compressor, String more) {
        return new Scene(root.endpoint(), root.jdbc(), Scene.newName(), compressor, FeedbackMethod.EF21)
                .create(algorithm, ROUNDS, STEP + more);
    }

    /** Returns a token with which a relay enrols at the root. */
    String token() {
        return token(new Http(root.endpoint(), CoordinatorTest.OPERATOR_TOKEN));
    }

    private static String token(Http operator) {
        return operator.postJson("/enrolment-tokens", "{\"uses\":1}").get("token");
    }

    /** Starts a relay with devices below a run, and waits until it is a member of that run. */
    Scene relay(Scene above, String upstream, String compressor, int devices) {
        Scene below = relay(above, upstream, compressor);
        // A relay creates its own run after it has joined.
        eventually().until(() -> below.view().status() == 200);
        return below.members(devices);
    }

    Scene relay(Scene above, String upstream, String compressor) {
        RestartableCoordinator site = site(
                upstream,
                above.run,
                "site-" + sites.size(),
                "--evenkeel.relay.enrolment-token=" + token(above.operator));
        return new Scene(site.endpoint(), site.jdbc(), above.run, compressor, FeedbackMethod.EF21);
    }

    /** Starts a relay in a folder with its database and the record of its membership. */
    RestartableCoordinator site(String upstream, String run, String place, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--evenkeel.relay.upstream=" + upstream,
                "--evenkeel.relay.run=" + run,
                "--evenkeel.relay.folder=" + folder.resolve(place).resolve("relay"),
                "--evenkeel.relay.ask-every=3s"));
        settings.addAll(List.of(more));
        RestartableCoordinator site =
                new RestartableCoordinator(folder.resolve(place), settings.toArray(String[]::new));
        sites.add(site);
        return site;
    }

    /** Starts a run once enough members can answer, that is, once relays have reported their devices. */
    static void start(Scene scene) {
        eventually()
                .until(() ->
                        scene.operator.post("/runs/" + scene.run + "/start").status() == 200);
    }

    static void answer(Scene scene, int round, int device, int place) {
        TestDevice member = scene.devices.get(device);
        member.answer(round, TestDevice.gradient(member.model(round), place));
    }

    static void awaitRound(Scene scene, int round) {
        eventually().until(() -> {
            Reply view = scene.view();
            return view.number("round") == round && "running".equals(view.get("state"));
        });
    }

    static void awaitState(Scene scene, String state) {
        eventually().until(() -> state.equals(scene.view().get("state")));
    }
}
