package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an operator changes while a run goes on. */
@CoordinatorTest
class RunChangeTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};
    private static final int ROUNDS = 4;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler scheduler;

    private Scene scene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", ROUNDS, more);
    }

    private static Reply change(Scene scene, String patch) {
        return scene.operator.patch("/runs/" + scene.run, patch);
    }

    private static List<Map<String, Object>> revisions(Scene scene) {
        return scene.operator.get("/runs/" + scene.run + "/revisions").jsonList();
    }

    private static Reply open(Scene scene) {
        return scene.operator.get("/runs/" + scene.run + "/rounds/open");
    }

    /** All devices answer a round, which closes with that. */
    private static void round(Scene scene, int round) {
        scene.devices.forEach(device -> device.answer(round, GRADIENT));
        awaitEnd(scene, round);
    }

    private static void awaitEnd(Scene scene, int round) {
        eventually().until(() -> scene.view().number("round") > round);
    }

    @Test
    void changesTheNextRoundAndLeavesTheOpenOneAsItWasOpened() {
        Scene scene = scene("\"participants\":{\"min\":2}").members(2).start();
        String deadline = scene.view().get("deadline");

        Reply revision = change(
                scene,
                "{\"participants\":{\"min\":1,\"max\":5},\"time\":{\"max\":\"5m\"},\"sampling\":0.5,\"rounds\":9}");

        assertThat(revision.status()).as(revision.toString()).isEqualTo(200);
        assertThat(revision.number("number")).isEqualTo(1);
        assertThat(revision.number("fromRound")).isEqualTo(1);
        assertThat(revision.json().get("changes"))
                .asString()
                .isEqualTo("[{field=rounds, from=4, to=9}, {field=participants.min, from=2, to=1},"
                        + " {field=participants.max, from=null, to=5}, {field=time.max, from=PT1M, to=PT5M},"
                        + " {field=sampling, from=1.0, to=0.5}]");
        assertThat(scene.view().number("revision")).isEqualTo(1);
        assertThat(scene.view().number("rounds")).isEqualTo(9);
        assertThat(scene.view().get("deadline")).isEqualTo(deadline);
        assertThat(open(scene).number("needed")).isEqualTo(2);
        assertThat(open(scene).number("asked")).isEqualTo(2);
        assertThat(open(scene).json().get("limit")).isNull();

        round(scene, 0);

        assertThat(open(scene).number("needed")).isEqualTo(1);
        assertThat(open(scene).number("limit")).isEqualTo(5);
        assertThat(open(scene).number("asked")).isEqualTo(1);
        assertThat(Instant.parse(open(scene).get("deadline")))
                .isEqualTo(Instant.parse(open(scene).get("openedAt")).plus(Duration.ofMinutes(5)));
        assertThat(scene.record(0).number("revision")).isZero();
        scene.devices.forEach(device -> {
            if (device.task(0).status() == 200) {
                device.answer(1, GRADIENT);
            }
        });
        awaitEnd(scene, 1);
        assertThat(scene.record(1).number("revision")).isEqualTo(1);
    }

    @Test
    void nullBringsBackADefault() {
        Scene scene = scene("\"participants\":{\"min\":2,\"max\":3},\"time\":{\"max\":\"5m\"}");

        change(scene, "{\"participants\":{\"max\":null},\"time\":null}");

        assertThat(scene.view().get("participants")).isEqualTo("{min=2}");
        assertThat(scene.view().get("time")).isEqualTo("{min=PT0S, max=PT1M}");
    }

    @Test
    void listsWhoChangedWhatWhenAndWhy() {
        Scene scene = scene("").members(1).start();
        scene.operator.patch("/runs/" + scene.run + "?reason=too%20slow", "{\"time\":{\"max\":\"30s\"}}");
        round(scene, 0);
        change(scene, "{\"rounds\":3}");

        List<Map<String, Object>> revisions = revisions(scene);

        assertThat(revisions).hasSize(2);
        assertThat(revisions.get(0))
                .containsEntry("number", 1)
                .containsEntry("fromRound", 1)
                .containsEntry("reason", "too slow")
                .containsEntry(
                        "changedBy",
                        scene.operator
                                .get("/audit-log?run=" + scene.run)
                                .jsonList()
                                .get(0)
                                .get("actor"))
                .containsKey("changedAt");
        assertThat(revisions.get(1)).containsEntry("fromRound", 2).doesNotContainKey("reason");
        assertThat(scene.operator.get("/runs/" + scene.run + "/revisions").text())
                .contains("{\"field\":\"time.max\",\"from\":\"PT1M\",\"to\":\"PT30S\"}");
        assertThat(jdbc.queryForList(
                        "SELECT e.detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ?"
                                + " AND e.type = 'RUN_CHANGED' ORDER BY e.sequence",
                        String.class,
                        scene.run))
                .first()
                .asString()
                .startsWith("revision 1 by ")
                .endsWith(": time.max PT1M -> PT30S");
    }

    @Test
    void twoOperatorsDoNotOverwriteOneAnother() {
        Scene scene = scene("").members(1).start();
        assertThat(change(scene, "{\"revision\":0,\"rounds\":5}").number("number"))
                .isEqualTo(1);

        Reply second = change(scene, "{\"revision\":0,\"rounds\":6}");

        assertThat(second.problem()).isEqualTo("definition-changed");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.number("revision")).isEqualTo(1);
        assertThat(second.get("action")).contains("/runs/" + scene.run + "/revisions", "\"revision\": 1");
        assertThat(scene.view().number("rounds")).isEqualTo(5);
        assertThat(change(scene, "{\"revision\":1,\"rounds\":6}").number("number"))
                .isEqualTo(2);
    }

    @Test
    void ofTwoChangesAtOnceOneIsRefused() {
        Scene scene = scene("").members(1).start();
        List<CompletableFuture<Reply>> both = List.of(
                CompletableFuture.supplyAsync(() -> change(scene, "{\"revision\":0,\"rounds\":7}")),
                CompletableFuture.supplyAsync(() -> change(scene, "{\"revision\":0,\"rounds\":8}")));

        assertThat(both.stream().map(CompletableFuture::join).map(Reply::status))
                .containsExactlyInAnyOrder(200, 409);
        assertThat(revisions(scene)).hasSize(1);
    }

    @Test
    void nothingToChangeIsNoRevision() {
        Scene scene = scene("\"gamma\":\"horizon:1:0.5\"").members(1).start();

        Reply same = change(scene, "{\"rounds\":4,\"gamma\":\"horizon:1:0.5\",\"time\":{\"max\":\"60s\"}}");

        assertThat(same.number("number")).isZero();
        assertThat(same.json().get("changes")).asString().isEqualTo("[]");
        assertThat(revisions(scene)).isEmpty();
    }

    @Test
    void aDryRunSaysWhatWouldChangeAndChangesNothing() {
        Scene scene = scene("").members(1).start();
        String before = scene.fingerprint();

        Reply preview = scene.operator.patch("/runs/" + scene.run + "?dryRun=true", "{\"rounds\":50}");

        assertThat(preview.number("number")).isEqualTo(1);
        assertThat(preview.text()).contains("\"from\":4,\"to\":50");
        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(revisions(scene)).isEmpty();
        assertThat(scene.operator
                        .patch("/runs/" + scene.run + "?dryRun=true", "{\"rounds\":0}")
                        .problem())
                .isEqualTo("invalid");
    }

    @Test
    void namesEveryFieldThatCannotChangeAndWhy() {
        Scene scene = scene("").members(1).start();
        String before = scene.fingerprint();

        Reply refused = change(
                scene,
                "{\"compressor\":\"top-k:3\",\"gamma\":\"constant:1\",\"seed\":7,\"name\":\"other\",\"rounds\":9}");

        assertThat(refused.problem()).isEqualTo("fixed-field");
        assertThat(refused.get("field")).isEqualTo("name");
        assertThat(refused.get("errors"))
                .contains(
                        "{field=compressor, message=cannot change: devices compress as the plan says that they got when they joined}",
                        "field=gamma",
                        "field=seed",
                        "field=name")
                .doesNotContain("field=rounds");
        assertThat(refused.get("action")).contains("leave name, compressor, gamma, seed out", "new run");
        assertThat(change(scene, "{\"algorithm\":\"no such\"}").problem()).isEqualTo("fixed-field");
        assertThat(scene.fingerprint()).isEqualTo(before);
    }

    @Test
    void refusesWrongValuesUnknownFieldsAndWhatIsNoPatch() {
        Scene scene = scene("").members(1).start();
        String before = scene.fingerprint();

        assertThat(change(scene, "{\"participants\":{\"min\":5,\"max\":3},\"sampling\":2}")
                        .get("errors"))
                .contains("field=participants.max", "field=sampling");
        assertThat(change(scene, "{\"round\":3}").get("field")).isEqualTo("round");
        assertThat(change(scene, "{\"time\":{\"maximum\":\"3s\"}}").get("field"))
                .isEqualTo("time.maximum");
        assertThat(change(scene, "{\"time\":{\"max\":\"soon\"}}").get("field")).isEqualTo("time.max");
        assertThat(change(scene, "{\"rounds\":\"9\"}").get("field")).isEqualTo("rounds");
        assertThat(change(scene, "{\"participants\":3}").get("field")).isEqualTo("participants");
        assertThat(change(scene, "{\"revision\":\"0\",\"rounds\":9}").get("field"))
                .isEqualTo("revision");
        assertThat(change(scene, "[1]").status()).isEqualTo(400);
        assertThat(scene.operator
                        .patch("/runs/" + scene.run + "?reason=%E2%80%AE", "{\"rounds\":9}")
                        .problem())
                .isEqualTo("malformed");
        assertThat(new Http(api.endpoint(), CoordinatorTest.VIEWER_TOKEN)
                        .patch("/runs/" + scene.run, "{\"rounds\":9}")
                        .status())
                .isEqualTo(403);
        assertThat(scene.fingerprint()).isEqualTo(before);
    }

    @Test
    void shortensToTheOpenRoundButNotFurther() {
        Scene scene = scene("").members(1).start();
        round(scene, 0);
        assertThat(change(scene, "{\"rounds\":1}").get("errors")).contains("rounds", "at least 2: round 1 is open");

        change(scene, "{\"rounds\":2}");
        round(scene, 1);

        assertThat(scene.view().get("state")).isEqualTo("finished");
        assertThat(scene.view().number("round")).isEqualTo(2);
        assertThat(scene.devices.get(0).model(2)).hasSize(Scene.DIMENSION);
        Reply late = change(scene, "{\"rounds\":9}");
        assertThat(late.problem()).isEqualTo("wrong-state");
        assertThat(late.get("action")).contains("initialModel");
    }

    @Test
    void extendingKeepsTheHorizonOfTheStepSize() {
        Scene scene = scene("\"gamma\":\"horizon:1:0.5\"").members(1).start();
        change(scene, "{\"rounds\":6}");
        for (int round = 0; round < 6; round++) {
            round(scene, round);
        }

        assertThat(scene.view().get("state")).isEqualTo("finished");
        assertThat(scene.view().number("horizon")).isEqualTo(ROUNDS);
        for (int round = 0; round < 6; round++) {
            assertThat(scene.record(round).json().get("gamma")).isEqualTo(1 / Math.sqrt(ROUNDS));
        }
        assertThat(change(scene("\"gamma\":\"horizon:1:0.5\""), "{\"horizon\":100}")
                        .problem())
                .isEqualTo("fixed-field");
    }

    @Test
    void aDeviceThatJoinsSeesTheNewRoundsAndTheOldHorizon() {
        Scene scene = scene("").members(1).start();
        change(scene, "{\"rounds\":40,\"participants\":{\"min\":3}}");

        Reply membership = scene.devices.get(0).membership();

        assertThat(membership.number("minParticipants")).isEqualTo(3);
        assertThat(membership.json().get("plan")).asString().contains("rounds=40", "horizon=4");
    }

    /** Otherwise nothing could help a round whose devices are gone. */
    @Test
    void aRoundThatIsExtendedFollowsTheChangeFromThenOn() {
        Scene scene = scene("\"participants\":{\"min\":3},\"time\":{\"max\":\"60s\"}")
                .members(3)
                .start();
        scene.devices.subList(0, 2).forEach(device -> device.answer(0, GRADIENT));
        change(scene, "{\"participants\":{\"min\":2}}");
        scheduler.tick();
        assertThat(scene.view().number("round")).isZero();

        clock.advance(Duration.ofSeconds(60));
        scheduler.tick();
        scheduler.tick();

        assertThat(scene.view().number("round")).isEqualTo(1);
        assertThat(scene.record(0).number("extended")).isEqualTo(1);
        assertThat(scene.record(0).number("revision")).isEqualTo(1);
        assertThat(revisions(scene).get(0)).containsEntry("fromRound", 0);
    }

    @Test
    void boundsLimitTheWeightsOfMembersAndOfThoseWhoJoin() {
        Scene scene = scene("");
        TestDevice light = scene.member(1);
        TestDevice heavy = scene.member(100);
        scene.start();
        round(scene, 0);

        change(scene, "{\"weights\":{\"min\":2,\"max\":10}}");
        round(scene, 1);

        assertThat(heavy.membership().get("weight")).isEqualTo("10.0");
        assertThat(light.membership().get("weight")).isEqualTo("2.0");
        assertThat(Scene.difference(scene.replica(2).sum(), scene.devices, 2, 10))
                .isLessThan(1e-14);
        assertThat(scene.device().join(500).get("weight")).isEqualTo("10.0");
        assertThat(scene.operator.post("/runs/" + scene.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(change(scene, "{\"weights\":{\"min\":20}}").get("errors")).contains("weights.max");
        change(scene, "{\"weights\":null}");
        assertThat(scene.view().json().get("weights")).isNull();
        assertThat(light.join(0.5).get("weight")).isEqualTo("0.5");
    }

    @Test
    void stopConditionsChangeAndCountAnew() {
        Scene scene = scene("\"stop\":{\"patience\":{\"rounds\":1000},\"maxBytes\":1000000}")
                .members(1)
                .start();
        round(scene, 0);

        Reply revision = change(
                scene,
                "{\"rounds\":50,\"stop\":{\"patience\":{\"rounds\":2,\"metric\":\"accuracy\"},\"targets\":[\"loss <= 1e-9\"],\"maxBytes\":null}}");

        assertThat(revision.text())
                .contains("{\"field\":\"stop.targets\",\"from\":null,\"to\":[\"loss <= 1.0E-9\"]}")
                .contains("{\"field\":\"stop.patience.metric\",\"from\":\"loss\",\"to\":\"accuracy\"}")
                .contains("{\"field\":\"stop.maxBytes\",\"from\":1000000,\"to\":null}");
        assertThat(change(scene, "{\"stop\":{\"patience\":{\"rounds\":0}}}").get("field"))
                .isEqualTo("stop.patience.rounds");
        round(scene, 1);
        change(scene, "{\"stop\":{\"patience\":null,\"targets\":null,\"maxBytes\":1}}");
        round(scene, 2);
        assertThat(scene.view().get("state")).isEqualTo("running");
        round(scene, 3);

        assertThat(scene.view().get("state")).isEqualTo("finished");
        assertThat(scene.view().get("stopReason")).isEqualTo("bytes");
        assertThat(scene.devices.get(0).model(4)).hasSize(Scene.DIMENSION);
        assertThat(jdbc.queryForObject(
                        "SELECT COUNT(*) FROM checkpoint c JOIN run r ON r.id = c.run_id WHERE r.name = ? AND c.round_number = 4",
                        Integer.class,
                        scene.run))
                .isEqualTo(1);
    }

    @Test
    void weightsCannotChangeWhileARoundIsBeingClosedButOtherFieldsCan() {
        Scene scene = scene("").members(2).start();
        scene.act("pause");
        jdbc.update("UPDATE run SET closing = TRUE WHERE name = ?", scene.run);

        assertThat(change(scene, "{\"weights\":{\"max\":0.5}}").problem()).isEqualTo("busy");
        assertThat(change(scene, "{\"weights\":{\"max\":5},\"rounds\":7}").number("fromRound"))
                .isEqualTo(1);
    }

    @Test
    void aRunThatHasNotStartedFollowsTheChangeFromItsFirstRound() {
        Scene scene = scene("\"participants\":{\"min\":3}").members(2);

        assertThat(change(scene, "{\"participants\":{\"min\":2},\"time\":{\"max\":\"10s\"}}")
                        .number("fromRound"))
                .isZero();
        scene.start();

        assertThat(open(scene).number("needed")).isEqualTo(2);
        round(scene, 0);
        assertThat(scene.record(0).number("revision")).isEqualTo(1);
    }
}
