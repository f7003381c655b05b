package io.evenkeel.coordinator.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests how a coordinator whose database was restored to an earlier state responds to devices that have seen later
 * states.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostHistoryTest {

    private RestartableCoordinator coordinator;

    /** A run that has lost rounds 2 to 4. */
    private Scene later;

    private String knownToLater = "";
    private String lostByLater = "";

    /** A run whose backup has the first device's message of round 2, and which has lost round 3. */
    private Scene answered;

    private TestDevice.Sent inBackup;
    private Reply receipt;
    private String knownToAnswered = "";
    private String lostByAnswered = "";

    /** A run that has lost rounds 2 to 4, as its devices report. */
    private Scene reported;

    @BeforeAll
    void loseHistories(@TempDir Path folder) {
        coordinator = start(folder, "--evenkeel.rounds.checkpoint-every=2");
        later = scene("");
        answered = scene("");
        reported = scene("");
        List<Scene> all = List.of(later, answered, reported);
        all.forEach(scene -> answer(scene, 0, 2));
        knownToLater = task(later, "after=1").get("history");
        TestDevice device = answered.devices.get(0);
        inBackup = device.stage(2, TestDevice.gradient(device.model(2), 0));
        knownToAnswered = task(answered, "after=1").get("history");
        receipt = device.put(inBackup);
        device.commit(inBackup);

        String backup = coordinator.backUp();
        all.forEach(this::move);
        answer(later, 2, 5);
        lostByLater = task(later, "after=4").get("history");
        answered.devices.get(1).answer(2, TestDevice.gradient(device.model(2), 1));
        answered.await(device, 2);
        answer(answered, 3, 4);
        lostByAnswered = task(answered, "after=3").get("history");
        answer(reported, 2, 5);

        coordinator.restore(backup);
        all.forEach(this::move);
    }

    private void move(Scene scene) {
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
    }

    RestartableCoordinator start(Path folder, String... settings) {
        return new RestartableCoordinator(folder, settings);
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    private Scene scene(String more) {
        return new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"gamma\":\"constant:0.5\"" + more)
                .members(2)
                .start();
    }

    private static void answer(Scene scene, int from, int to) {
        for (int round = from; round < to; round++) {
            double[] x = scene.devices.get(0).model(round);
            for (int i = 0; i < scene.devices.size(); i++) {
                scene.devices.get(i).answer(round, TestDevice.gradient(x, i));
            }
            scene.await(scene.devices.get(0), round);
        }
    }

    private static Reply task(Scene scene, String query) {
        return scene.devices.get(0).http().get("/runs/" + scene.run + "/task?" + query);
    }

    @Test
    void namesModelsByTheirHistories() {
        Scene scene = scene("");
        String first = task(scene, "after=-1").get("history");
        assertThat(first).isEqualTo(link(scene, "place = 0"));
        answer(scene, 0, 2);
        // A change of the definition is a separate link of the chain, but does not change the model.
        assertThat(scene.operator.patch("/runs/" + scene.run, "{\"rounds\":25}").status())
                .isEqualTo(200);
        Reply task = task(scene, "after=1");
        assertThat(task.get("history")).isEqualTo(link(scene, "covers = 'ROUND' AND number = 1"));
        assertThat(task.json().get("historyLost")).isNull();
        Reply model = scene.devices.get(0).http().get("/runs/" + scene.run + "/rounds/2/model");
        assertThat(task.get("modelDigest")).isEqualTo(Digest.toHex(Digest.of(model.body())));
        assertThat(model.header("Evenkeel-History")).isEqualTo(task.get("history"));
        assertThat(model.header("ETag")).contains(task.get("history"));
        for (String what : List.of("model", "replica", "update?since=1")) {
            String path = "/runs/" + scene.run + "/rounds/2/" + what + (what.contains("?") ? "&" : "?") + "history=";
            assertThat(scene.devices
                            .get(0)
                            .http()
                            .get(path + task.get("history"))
                            .header("Cache-Control"))
                    .contains("immutable", "private");
            assertThat(scene.devices.get(0).http().get(path + first).problem()).isEqualTo("history-lost");
            assertThat(scene.devices.get(0).http().get(path + "none").problem()).isEqualTo("malformed");
        }
    }

    private String link(Scene scene, String where) {
        String hash = coordinator
                .jdbc()
                .queryForObject(
                        "SELECT c.hash FROM run_chain c JOIN run r ON r.id = c.run_id WHERE r.name = ? AND " + where,
                        String.class,
                        scene.run);
        return Objects.requireNonNull(hash).substring(0, 16);
    }

    @Test
    void theDigestIsThatOfTheModelThatDevicesComputeOn() {
        Scene scene = scene(",\"downlink\":{\"compressor\":\"top-k:1+natural\"}");
        answer(scene, 0, 3);
        byte[] w = scene.devices
                .get(0)
                .http()
                .get("/runs/" + scene.run + "/rounds/3/model")
                .body();
        byte[] x = scene.devices
                .get(0)
                .http()
                .get("/runs/" + scene.run + "/rounds/3/model?holder=coordinator")
                .body();
        assertThat(w).isNotEqualTo(x);
        assertThat(task(scene, "after=2").get("modelDigest")).isEqualTo(Digest.toHex(Digest.of(w)));
    }

    @Test
    void aLaterRoundAndAnotherHistoryAreAnsweredAtOnce() {
        Scene scene = later;
        String lost = lostByLater;
        for (String query : List.of("after=5", "after=5&history=" + lost, "after=2&history=" + lost)) {
            Reply task = task(scene, "wait=60s&" + query);
            assertThat(task.number("round")).as(query).isEqualTo(2);
            assertThat(task.get("historyLost")).as(query).isEqualTo("true");
            assertThat(task.get("history")).as(query).isEqualTo(knownToLater);
        }
        assertThat(task(scene, "after=2&history=" + knownToLater).status())
                .as("a device that has finished with this model")
                .isEqualTo(204);
        assertThat(task(scene, "after=1").json().get("historyLost")).isNull();

        TestDevice device = scene.devices.get(0).anew();
        TestDevice.Sent message = device.stage(2, TestDevice.gradient(device.model(2), 0));
        String path = "/runs/" + scene.run + "/rounds/2/messages/me?history=";
        assertThat(device.http()
                        .put(path + lost, TestDevice.BINARY, message.bytes)
                        .problem())
                .isEqualTo("history-lost");
        assertThat(device.http()
                        .get("/runs/" + scene.run + "/rounds/5/model?history=" + lost)
                        .problem())
                .isEqualTo("history-lost");
    }

    @Test
    void aDeviceWhoseMessageIsInTheBackUpLearnsThatItsHistoryIsLost() {
        Scene scene = answered;
        TestDevice device = scene.devices.get(0);
        assertThat(task(scene, "wait=60s&after=4&history=" + lostByAnswered).problem())
                .isEqualTo("history-lost");
        assertThat(task(scene, "after=4").status())
                .as("a device of an earlier version")
                .isEqualTo(204);
        Reply again = device.http()
                .put(
                        "/runs/" + scene.run + "/rounds/2/messages/me?history=" + knownToAnswered,
                        TestDevice.BINARY,
                        inBackup.bytes);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(receipt.text());
    }

    @Test
    void countsWhatDevicesReportOnce() {
        Scene scene = reported;
        TestDevice device = scene.devices.get(1);
        String path = "/runs/" + scene.run + "/members/me/lost";
        for (int i = 0; i < 2; i++) {
            assertThat(device.http()
                            .putJson(path, "{\"sequence\": 5, \"round\": 4}")
                            .status())
                    .isEqualTo(204);
        }
        assertThat(device.http()
                        .putJson(path, "{\"sequence\": 2, \"round\": 1}")
                        .status())
                .as("nothing is lost")
                .isEqualTo(204);
        assertThat(device.http()
                        .putJson(path, "{\"sequence\": 8, \"round\": 4}")
                        .problem())
                .as("more than one a round")
                .isEqualTo("invalid");
        assertThat(device.http().putJson(path, "{\"sequence\": 5}").problem()).isEqualTo("invalid");

        assertThat(coordinator
                        .jdbc()
                        .queryForList(
                                "SELECT detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ? AND"
                                        + " type = 'HISTORY_LOST'",
                                String.class,
                                scene.run))
                .containsExactly("client " + device.client()
                        + " reports receipts of messages that this run does not have: 3, of rounds 2 to 4; its newest"
                        + " receipt is for message 5, but this run has its messages up to 2");
        List<?> waiting =
                (List<?>) Objects.requireNonNull(scene.overview().json().get("waiting"));
        assertThat(waiting)
                .map(item -> (Map<?, ?>) item)
                .filteredOn(item -> scene.run.equals(item.get("name")) && "messages-lost".equals(item.get("code")))
                .singleElement()
                .satisfies(item -> {
                    assertThat(item.get("message"))
                            .isEqualTo("its database was restored to an earlier state: acknowledged messages that are"
                                    + " missing: 3, of rounds 2 to 4, as devices report: 1");
                    assertThat(item.get("command")).isEqualTo("evenkeel runs show " + scene.run);
                });
    }
}
