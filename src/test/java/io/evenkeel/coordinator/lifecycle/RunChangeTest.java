package io.evenkeel.coordinator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests that a change of the definition applies to the rounds after it. */
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

    @Test
    void changesTheNextRoundButNotTheOpenOne() {
        Scene scene = scene("\"participants\":{\"min\":2}").members(2).start();
        String deadline = scene.view().get("deadline");

        Reply revision = scene.change(
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
        assertThat(scene.openRound().number("needed")).isEqualTo(2);
        assertThat(scene.openRound().number("asked")).isEqualTo(2);
        assertThat(scene.openRound().json().get("limit")).isNull();

        scene.closeRound(0, GRADIENT);

        assertThat(scene.openRound().number("needed")).isEqualTo(1);
        assertThat(scene.openRound().number("limit")).isEqualTo(5);
        assertThat(scene.openRound().number("asked")).isEqualTo(1);
        assertThat(Instant.parse(scene.openRound().get("deadline")))
                .isEqualTo(Instant.parse(scene.openRound().get("openedAt")).plus(Duration.ofMinutes(5)));
        assertThat(scene.record(0).number("revision")).isZero();
        scene.devices.forEach(device -> {
            if (device.task(0).status() == 200) {
                device.answer(1, GRADIENT);
            }
        });
        scene.awaitClosed(1);
        assertThat(scene.record(1).number("revision")).isEqualTo(1);
    }

    @Test
    void shortensToTheOpenRoundButNotFurther() {
        Scene scene = scene("").members(1).start();
        scene.closeRound(0, GRADIENT);
        assertThat(scene.change("{\"rounds\":1}").get("errors")).contains("rounds", "at least 2: round 1 is open");

        scene.change("{\"rounds\":2}");
        scene.closeRound(1, GRADIENT);

        assertThat(scene.view().get("state")).isEqualTo("finished");
        assertThat(scene.view().number("round")).isEqualTo(2);
        assertThat(scene.devices.get(0).model(2)).hasSize(Scene.DIMENSION);
        Reply late = scene.change("{\"rounds\":9}");
        assertThat(late.problem()).isEqualTo("wrong-state");
        assertThat(late.get("action")).contains("initialModel");
    }

    @Test
    void notesCanChangeEvenWhenTheRunIsOver() {
        Scene scene = scene("\"tags\":[\"draft\"]").members(1).start();
        scene.closeRound(0, GRADIENT);
        scene.act("cancel");

        assertThat(scene.change("{\"description\":\"two\\nlines\",\"rounds\":9}")
                        .problem())
                .isEqualTo("wrong-state");
        Reply change = scene.change("{\"description\":\"two\\nlines\",\"tags\":[\"report\",\"old\"]}");

        assertThat(change.status()).as(change.toString()).isEqualTo(200);
        assertThat(scene.view().get("description")).isEqualTo("two\nlines");
        assertThat(scene.view().get("tags")).isEqualTo("[report, old]");
        assertThat(scene.view().get("state")).isEqualTo("cancelled");
        scene.change("{\"description\":null,\"tags\":null}");
        assertThat(scene.view().json().keySet().toString()).doesNotContain("description", "tags");
    }

    @Test
    void extendingKeepsTheHorizonOfTheStepSize() {
        Scene scene = scene("\"gamma\":\"horizon:1:0.5\"").members(1).start();
        scene.change("{\"rounds\":6}");
        for (int round = 0; round < 6; round++) {
            scene.closeRound(round, GRADIENT);
        }

        assertThat(scene.view().get("state")).isEqualTo("finished");
        assertThat(scene.view().number("horizon")).isEqualTo(ROUNDS);
        for (int round = 0; round < 6; round++) {
            assertThat(scene.record(round).json().get("gamma")).isEqualTo(1 / Math.sqrt(ROUNDS));
        }
        assertThat(scene("\"gamma\":\"horizon:1:0.5\"")
                        .change("{\"horizon\":100}")
                        .problem())
                .isEqualTo("fixed-field");
    }

    @Test
    void aDeviceThatJoinsSeesTheNewRoundsAndTheOldHorizon() {
        Scene scene = scene("").members(1).start();
        scene.change("{\"rounds\":40,\"participants\":{\"min\":3}}");

        Reply membership = scene.devices.get(0).membership();

        assertThat(membership.number("minParticipants")).isEqualTo(3);
        assertThat(membership.json().get("plan")).asString().contains("rounds=40", "horizon=4");
    }

    /** Otherwise, a round that waits for lost devices could never close. */
    @Test
    void aRoundThatIsExtendedFollowsTheChangeFromThenOn() {
        Scene scene = scene("\"participants\":{\"min\":3},\"time\":{\"max\":\"60s\"}")
                .members(3)
                .start();
        scene.devices.subList(0, 2).forEach(device -> device.answer(0, GRADIENT));
        scene.change("{\"participants\":{\"min\":2}}");
        scheduler.tick();
        assertThat(scene.view().number("round")).isZero();

        clock.advance(Duration.ofSeconds(60));
        scheduler.tick();
        scheduler.tick();

        assertThat(scene.view().number("round")).isEqualTo(1);
        assertThat(scene.record(0).number("extended")).isEqualTo(1);
        assertThat(scene.record(0).number("revision")).isEqualTo(1);
        assertThat(scene.revisions().get(0)).containsEntry("fromRound", 0);
    }

    @Test
    void boundsLimitTheWeightsOfOldAndNewMembers() {
        Scene scene = scene("");
        TestDevice light = scene.member(1);
        TestDevice heavy = scene.member(100);
        scene.start();
        scene.closeRound(0, GRADIENT);

        scene.change("{\"weights\":{\"min\":2,\"max\":10}}");
        scene.closeRound(1, GRADIENT);

        assertThat(heavy.membership().get("weight")).isEqualTo("10.0");
        assertThat(light.membership().get("weight")).isEqualTo("2.0");
        assertThat(Scene.difference(scene.replica(2).sum(), scene.devices, 2, 10))
                .isLessThan(1e-14);
        assertThat(scene.device().join(500).get("weight")).isEqualTo("10.0");
        assertThat(scene.operator.post("/runs/" + scene.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(scene.change("{\"weights\":{\"min\":20}}").get("errors")).contains("weights.max");
        scene.change("{\"weights\":null}");
        assertThat(scene.view().json().get("weights")).isNull();
        assertThat(light.join(0.5).get("weight")).isEqualTo("0.5");
    }

    @Test
    void changingStopConditionsResetsTheirCounts() {
        Scene scene = scene("\"stop\":{\"patience\":{\"rounds\":1000},\"maxBytes\":1000000}")
                .members(1)
                .start();
        scene.closeRound(0, GRADIENT);

        Reply revision = scene.change(
                "{\"rounds\":50,\"stop\":{\"patience\":{\"rounds\":2,\"metric\":\"accuracy\"},\"targets\":[\"loss <= 1e-9\"],\"maxBytes\":null}}");

        assertThat(revision.text())
                .contains("{\"field\":\"stop.targets\",\"from\":null,\"to\":[\"loss <= 1.0E-9\"]}")
                .contains("{\"field\":\"stop.patience.metric\",\"from\":\"loss\",\"to\":\"accuracy\"}")
                .contains("{\"field\":\"stop.maxBytes\",\"from\":1000000,\"to\":null}");
        assertThat(scene.change("{\"stop\":{\"patience\":{\"rounds\":0}}}").get("field"))
                .isEqualTo("stop.patience.rounds");
        scene.closeRound(1, GRADIENT);
        scene.change("{\"stop\":{\"patience\":null,\"targets\":null,\"maxBytes\":1}}");
        scene.closeRound(2, GRADIENT);
        assertThat(scene.view().get("state")).isEqualTo("running");
        scene.closeRound(3, GRADIENT);

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
    void aRunThatHasNotStartedFollowsTheChangeFromItsFirstRound() {
        Scene scene = scene("\"participants\":{\"min\":3}").members(2);

        assertThat(scene.change("{\"participants\":{\"min\":2},\"time\":{\"max\":\"10s\"}}")
                        .number("fromRound"))
                .isZero();
        scene.start();

        assertThat(scene.openRound().number("needed")).isEqualTo(2);
        scene.closeRound(0, GRADIENT);
        assertThat(scene.record(0).number("revision")).isEqualTo(1);
    }
}
