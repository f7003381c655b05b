package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.wire.SecAggFrames;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A certified device that sends wrong shares blocks the others for at most two rounds. */
@CoordinatorTest
class WrongSharesTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private CohortScene started() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "rand-k:3", FeedbackMethod.EF21);
        return new CohortScene(scene, "rand-k:3", 5, 10, 100)
                .create("ef21-norm", 20, "")
                .members(6)
                .start();
    }

    /** Makes the last device flip a bit in its shares for the first ones. */
    private static void attemptWithWrongShares(CohortScene cohort, int receivers) {
        CohortDevice hostile = cohort.devices.get(5);
        List<CohortDevice> honest = cohort.devices.subList(0, 5);
        cohort.devices.forEach(device -> device.begin(0));
        CohortScene.take(Step.KEYS, cohort.devices);
        CohortScene.await(Step.KEYS, cohort.devices);
        hostile.prepareShares();
        List<EncryptedShares> wrong = SecAggFrames.decodeSent(hostile.sharesFrame(), hostile.ordinal()).stream()
                .map(share -> share.to() < receivers ? flipped(share) : share)
                .toList();
        assertThat(hostile.put("shares", SecAggFrames.encodeSent(wrong)).status())
                .isEqualTo(204);
        CohortScene.take(Step.SHARES, honest);
        CohortScene.await(Step.SHARES, cohort.devices);
        CohortScene.take(Step.MASKED, cohort.devices);
        CohortScene.await(Step.MASKED, cohort.devices);
        CohortScene.take(Step.REVEALS, cohort.devices);
    }

    private static EncryptedShares flipped(EncryptedShares share) {
        byte[] bytes = share.bytes();
        bytes[0] ^= 1;
        return new EncryptedShares(share.from(), share.to(), bytes);
    }

    private List<Map<String, Object>> faults(CohortScene cohort) {
        return jdbc.queryForList(
                "SELECT f.round_number, f.ordinal FROM cohort_fault f JOIN run r ON r.id = f.run_id WHERE r.name = ?"
                        + " ORDER BY 1, 2",
                cohort.scene.run);
    }

    @Test
    void aShareThatOneDeviceCannotDecryptCostsNothingAndBlamesNobody() {
        CohortScene cohort = started();
        cohort.stage(0, device -> true);
        attemptWithWrongShares(cohort, 1);

        cohort.scene.awaitClosed(0);
        assertThat(cohort.devices).allMatch(CohortDevice::settle);
        assertThat(cohort.scene.replica(1).sum()).isEqualTo(cohort.expectedSum());
        assertThat(faults(cohort)).as("the receiver could have lied").isEmpty();
    }

    @Test
    void aDeviceWhoseSharesLoseTwoRoundsIsExcludedAndNamed() {
        CohortScene cohort = started();
        List<CohortDevice> honest = cohort.devices.subList(0, 5);
        loseRound(cohort, 0);
        assertThat(faults(cohort)).hasSize(1);
        // The next round excludes that device.
        cohort.stage(1, device -> true);
        cohort.devices.forEach(device -> device.begin(0));
        CohortScene.take(Step.KEYS, cohort.devices);
        CohortScene.await(Step.KEYS, honest);
        for (Step step : List.of(Step.SHARES, Step.MASKED, Step.REVEALS)) {
            CohortScene.take(step, honest);
            CohortScene.await(step, honest);
        }
        cohort.scene.awaitClosed(1);
        assertThat(honest).allMatch(CohortDevice::settle);
        loseRound(cohort, 2);
        assertThat(faults(cohort)).hasSize(2);
        CohortDevice hostile = cohort.devices.get(5);
        assertThat(jdbc.queryForList(
                        "SELECT e.detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ? AND e.type ="
                                + " 'MEMBER_LEFT_OUT'",
                        String.class,
                        cohort.scene.run))
                .singleElement()
                .asString()
                .startsWith("client " + hostile.plain().membership().get("client") + ", member " + hostile.ordinal());
        assertThat(hostile.plain()
                        .http()
                        .get("/runs/" + cohort.scene.run + "/task?after=2")
                        .status())
                .as("it is not selected")
                .isEqualTo(204);

        cohort.stage(3, device -> true);
        cohort.attempt(0, honest);
        cohort.scene.awaitClosed(3);
        assertThat(honest).allMatch(CohortDevice::settle);
    }

    private static void loseRound(CohortScene cohort, int round) {
        cohort.stage(round, device -> true);
        attemptWithWrongShares(cohort, 3);
        cohort.scene.awaitClosed(round);
        assertThat(cohort.devices).noneMatch(CohortDevice::settle);
        assertThat(cohort.scene.record(round).number("participants")).isZero();
    }

    @Test
    void anExcludedDeviceCannotReturnAsAnotherMember() {
        CohortScene cohort = started();
        cohort.stage(0, device -> true);
        CohortDevice back = cohort.devices.get(5).begin(0);
        String identity = HexFormat.of()
                .formatHex(SecAggFrames.decodeKeys(back.keysFrame()).identity());
        for (int round = 0; round < 2; round++) {
            jdbc.update(
                    "INSERT INTO cohort_fault (run_id, round_number, ordinal, identity) SELECT id, CAST(? AS INTEGER),"
                            + " 99, CAST(? AS VARCHAR) FROM run WHERE name = ?",
                    round,
                    identity,
                    cohort.scene.run);
        }
        assertThat(back.putKeys().problem()).isEqualTo("device-not-chosen");
        assertThat(cohort.devices.get(0).begin(0).putKeys().status()).isEqualTo(204);
    }

    private CohortScene small(int members) {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "rand-k:3", FeedbackMethod.EF21);
        return new CohortScene(scene, "rand-k:3", 3, 10, 100)
                .create("ef21-norm", 30, "")
                .members(members)
                .start();
    }

    /**
     * Runs a round in which the shares of the last device can be decrypted but are random. Returns the devices in the
     * sum.
     */
    private List<CohortDevice> roundWithRandomShares(CohortScene cohort, int round) {
        CohortDevice hostile = cohort.devices.get(cohort.devices.size() - 1);
        List<CohortDevice> asked = cohort.devices.stream()
                .filter(device -> device.plain().task(round - 1).status() == 200)
                .toList();
        cohort.stage(round, device -> true);
        asked.forEach(device -> device.begin(0));
        CohortScene.take(Step.KEYS, asked);
        List<CohortDevice> members = asked.stream()
                .filter(device -> {
                    eventually().until(() -> Step.KEYS.receive(device).status() != 204);
                    return Step.KEYS.receive(device).status() == 200;
                })
                .toList();
        for (Step step : List.of(Step.SHARES, Step.MASKED)) {
            CohortScene.take(step, members);
            CohortScene.await(step, members);
        }
        members.forEach(CohortDevice::prepareReveal);
        members.forEach(device -> device.putReveal(reveal -> withRandomShareOf(hostile, reveal)));
        cohort.scene.awaitClosed(round);
        return cohort.devices.stream().filter(CohortDevice::settle).toList();
    }

    private static Reveal withRandomShareOf(CohortDevice owner, Reveal reveal) {
        Map<Integer, byte[]> seeds = new HashMap<>(reveal.seedShares());
        seeds.replaceAll((of, share) -> {
            byte[] random = share.clone();
            if (of == owner.ordinal()) {
                random[0] ^= 1;
            }
            return random;
        });
        return new Reveal(reveal.member(), seeds, reveal.keyShares());
    }

    @Test
    void aDeviceWithRandomSharesInASmallCohortIsFoundByExcludingDevicesInTurn() {
        CohortScene cohort = small(4);
        List<CohortDevice> honest = cohort.devices.subList(0, 3);
        int round = 0;
        int lost = 0;
        while (faults(cohort).isEmpty()) {
            assertThat(round).isLessThan(12);
            List<CohortDevice> included = roundWithRandomShares(cohort, round++);
            lost += included.isEmpty() ? 1 : 0;
            assertThat(included).isSubsetOf(honest);
        }
        assertThat(lost).isLessThanOrEqualTo(5);
        assertThat(cohort.scene.view().get("state")).isEqualTo("running");
        assertThat(faults(cohort)).allMatch(fault -> Objects.equals(fault.get("ORDINAL"), 3));
        CohortDevice hostile = cohort.devices.get(3);
        assertThat(jdbc.queryForList(
                        "SELECT e.detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ? AND e.type ="
                                + " 'MEMBER_LEFT_OUT'",
                        String.class,
                        cohort.scene.run))
                .singleElement()
                .asString()
                .startsWith("client " + hostile.plain().client() + ", member 3");
        assertThat(roundWithRandomShares(cohort, round)).isEqualTo(honest);
        assertThat(cohort.scene.replica(round + 1).sum()).isEqualTo(cohort.expectedSum());
    }

    @Test
    void aRunThatCannotExcludeADeviceReportsThatOneMoreIsNeeded() {
        CohortScene cohort = small(3);
        for (int round = 0; round < 3; round++) {
            assertThat(roundWithRandomShares(cohort, round)).isEmpty();
        }
        assertThat(cohort.scene.view().get("state")).isEqualTo("paused");
        assertThat(cohort.scene.view().get("stopReason")).isEqualTo("void-rounds");
        assertThat(jdbc.queryForList(
                        "SELECT e.detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ? AND e.type ="
                                + " 'ROUND_COHORT_LOST'",
                        String.class,
                        cohort.scene.run))
                .hasSize(3)
                .allMatch(detail -> detail.endsWith("let another device join"));
    }
}
