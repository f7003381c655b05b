package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests the operators' view of relays, and the message if a relay cannot take part. */
@OnlyInCi
class RelayTreeTest extends RelayedSites {

    private Scene run(String more) {
        return new Scene(root.endpoint(), root.jdbc(), Scene.newName(), LOSSLESS, FeedbackMethod.EF21)
                .create("ef21-norm", 2, "\"gamma\":\"constant:0.5\"" + more);
    }

    private Scene site(String upstream, String run, String token) {
        RestartableCoordinator site = site(
                upstream,
                run,
                "site-" + sites.size(),
                "--evenkeel.relay.name=north",
                "--evenkeel.relay.enrolment-token=" + token);
        return new Scene(site.endpoint(), site.jdbc(), run, LOSSLESS, FeedbackMethod.EF21);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> upstream(Scene site) {
        return (Map<String, Object>)
                Objects.requireNonNull(site.operator.get("/relays").json().get("upstream"));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> relays(Map<?, ?> tree) {
        return (List<Map<String, Object>>) Objects.requireNonNull(tree.get("relays"));
    }

    private static Map<String, Object> relay(Scene above) {
        List<Map<String, Object>> relays =
                relays(above.operator.get("/relays?run=" + above.run).json());
        return relays.isEmpty() ? Map.of() : relays.get(0);
    }

    private static void awaitProblem(Scene site, String problem) {
        eventually()
                .untilAsserted(() -> assertThat(String.valueOf(upstream(site).get("problem")))
                        .contains(problem));
        assertThat(upstream(site)).containsEntry("connected", false);
    }

    @Test
    void bothSidesSeeTheProgressOfARelay() {
        Scene above = run(",\"participants\":{\"min\":2}").members(1);
        Scene below = site(root.endpoint(), above.run, token());
        eventually().until(() -> below.view().status() == 200);
        below.members(2);
        String path = above.devices.get(0).membership().header(RelayPathHeader.NAME);
        assertThat(path).isNotEmpty().doesNotContain(",");
        assertThat(below.devices.get(0).membership().header(RelayPathHeader.NAME))
                .endsWith("," + path);
        start(above);
        eventually().until(() -> "running".equals(below.view().get("state")));
        eventually().until(() -> Integer.valueOf(0).equals(upstream(below).get("round")));
        assertThat(upstream(below))
                .containsEntry("connected", true)
                .containsEntry("url", root.endpoint())
                .containsEntry("lag", 1)
                .containsEntry("members", 2)
                .containsEntry("devices", 2)
                .containsKey("lastContactAt")
                .doesNotContainKey("problem");
        answer(below, 0, 0, 0);
        answer(below, 0, 1, 1);
        answer(above, 0, 0, 3);
        above.awaitClosed(0);
        eventually().until(() -> Integer.valueOf(1).equals(relay(above).get("lag")));

        assertThat(relay(above))
                .containsEntry("name", "north")
                .containsEntry("run", above.run)
                .containsEntry("state", "running")
                .containsEntry("connected", true)
                .containsEntry("round", 1)
                .containsEntry("lastRound", 0)
                .containsEntry("weight", 2.0)
                .containsEntry("members", 2)
                .containsEntry("devices", 2);
        MetricsExposition metrics = MetricsExposition.await(
                sites.get(0).endpoint(), seen -> seen.of("evenkeel_relay_upstream_round", "run", above.run) == 1);
        assertThat(metrics.of("evenkeel_relay_connected", "run", above.run)).isEqualTo(1);
        assertThat(metrics.of("evenkeel_relay_lag_rounds", "run", above.run)).isEqualTo(1);
        assertThat(metrics.of("evenkeel_relay_sent_bytes_total", "run", above.run))
                .isPositive();
        above.act("cancel");
        eventually().until(() -> "cancelled".equals(below.view().get("state")));
        assertThat(below.view().get("message")).isEqualTo("the run above was cancelled or has failed");
        eventually().untilAsserted(() -> assertThat(upstream(below)).containsEntry("connected", true));
        Map<?, ?> tree = above.operator.get("/relays").json();
        assertThat(tree.keySet()).isEqualTo(Set.of("relays"));
        assertThat(relays(tree)).noneMatch(relay -> above.run.equals(relay.get("run")));
    }

    @Test
    void aRestartedCoordinatorKeepsItsPlaceInThePathOfRelays() {
        Scene above = run("").members(1);
        Scene below = site(root.endpoint(), above.run, token());
        eventually().until(() -> below.view().status() == 200);
        TestDevice device = below.member(1);
        String path = device.membership().header(RelayPathHeader.NAME);
        sites.get(0).restart();
        below.moveTo(sites.get(0).endpoint(), sites.get(0).jdbc());
        eventually()
                .untilAsserted(() -> assertThat(device.membership().header(RelayPathHeader.NAME))
                        .isEqualTo(path));
    }

    @Test
    void aRunThatNeverStartedEndsWithTheUpstreamRun() {
        Scene above = run(",\"participants\":{\"min\":1,\"max\":1}").members(1);
        Scene below = site(root.endpoint(), above.run, token());
        eventually().until(() -> below.view().status() == 200);
        start(above);
        for (int round = 0; round < 2; round++) {
            answer(above, round, 0, 0);
            above.awaitClosed(round);
        }
        eventually().until(() -> "cancelled".equals(below.view().get("state")));
        assertThat(below.view().get("message")).isEqualTo("the run above is over, but this one had not started");
    }

    @Test
    void aRelayReportsWhyItDoesNotTakePart() {
        Scene over = run("");
        over.act("cancel");
        Scene above = run("").members(1);
        Scene wrongToken = site(root.endpoint(), above.run, "evk_enrol_wrong");
        Scene noRun = site(root.endpoint(), "absent", token());
        Scene late = site(root.endpoint(), over.run, token());
        Scene cancelled = site(root.endpoint(), above.run, token());
        eventually().until(() -> cancelled.view().status() == 200);
        cancelled.members(1).act("cancel");
        start(above);

        awaitProblem(wrongToken, "enrolment token");
        awaitProblem(noRun, "there is no run named 'absent'");
        awaitProblem(late, "is cancelled");
        awaitProblem(cancelled, "here is cancelled, but the run of that name above is not: delete it");
    }

    @Test
    void saysThatAServerUsesAnotherProtocol() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "no such page".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Scene below =
                    site("http://127.0.0.1:" + server.getAddress().getPort(), "digits", "evk_enrol_" + "a".repeat(43));
            awaitProblem(below, "the response is not an Evenkeel coordinator's: check the address");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aRelayWithoutATokenDoesNotStart() {
        assertThatThrownBy(() -> new RestartableCoordinator(
                        folder.resolve("site"),
                        "--evenkeel.relay.upstream=" + root.endpoint(),
                        "--evenkeel.relay.run=digits",
                        "--evenkeel.relay.folder=" + folder.resolve("none")))
                .rootCause()
                .hasMessageContaining("evenkeel.relay.enrolment-token")
                .hasMessageContaining("ask an operator of " + root.endpoint() + " for a token");
    }
}
