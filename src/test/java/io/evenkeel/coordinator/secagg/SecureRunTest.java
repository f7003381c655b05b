package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.wire.Report;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class SecureRunTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String compressor) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), compressor, FeedbackMethod.EF21);
    }

    private CohortScene cohort(int rebaseEvery) {
        return new CohortScene(scene("rand-k:3"), "rand-k:3", 5, 10, rebaseEvery);
    }

    private CohortScene started(int members) {
        return cohort(100).create("ef21-norm", 20, "").members(members).start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity+float64", "rand-k:3+float64"})
    void hasTheBitsOfARunThatSendsTheSameMessagesInTheClear(String compressor) {
        String more = "\"step\":\"accumulated-norm\"";
        CohortScene cohort = new CohortScene(scene(compressor), compressor, 5, 6, 100)
                .create("ef21-norm", 5, more)
                .members(6)
                .start();
        Scene plain = scene(compressor).create("ef21-norm", 5, more).members(6).start();
        for (int round = 0; round < 3; round++) {
            cohort.stage(round, device -> true);
            for (int i = 0; i < 6; i++) {
                OptionalDouble loss = OptionalDouble.of(0.5 + i);
                Report report = new Report(1, loss, OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
                plain.devices.get(i).send(round, cohort.devices.get(i).delta(), report);
            }
            cohort.attempt(0, cohort.devices);
            cohort.devices.forEach(device -> assertThat(device.settle()).isTrue());
            cohort.scene.awaitClosed(round);
            plain.awaitClosed(round);

            assertThat(cohort.scene.replica(round + 1).encode())
                    .isEqualTo(plain.replica(round + 1).encode());
            assertThat(cohort.scene.replica(round + 1).sum()).isEqualTo(cohort.expectedSum());
            Reply record = cohort.scene.record(round);
            assertThat(record.number("participants")).isEqualTo(6);
            assertThat((Double) record.json().get("loss"))
                    .isCloseTo((Double) plain.record(round).json().get("loss"), within(1e-12));
            assertThat(record.number("uplinkBytes")).isGreaterThan(6 * 4 * 3);
        }
    }

    @Test
    void theTaskHasTheAttemptAndThePlanHasTheFieldsThatDevicesCheck() {
        CohortScene cohort = started(5);
        TestDevice device = cohort.devices.get(0).plain();
        assertThat(device.task(-1).number("attempt")).isZero();
        Map<?, ?> plan =
                (Map<?, ?>) Objects.requireNonNull(device.membership().json().get("plan"));
        assertThat(plan.get("secureAggregation"))
                .isEqualTo(Map.of(
                        "owners",
                        List.of(CohortScene.key(cohort.owner)),
                        "dropout",
                        0.2,
                        "collusion",
                        0.0,
                        "rebaseEvery",
                        100,
                        "exponent",
                        CohortScene.EXPONENT,
                        "maxMembers",
                        10,
                        "minMembers",
                        5));
    }

    @Test
    void anOperatorSeesTheMembersThatAStepWaitsFor() {
        CohortScene cohort = started(6);
        assertThat(cohort.scene.openRound().json().get("cohort")).isNull();
        cohort.stage(0, device -> true);
        cohort.devices.forEach(device -> device.begin(0));
        CohortScene.take(Step.KEYS, cohort.devices.subList(0, 2));
        assertThat(cohort.scene.openRound().number("missingCount")).isEqualTo(4);
        CohortScene.take(Step.KEYS, cohort.devices.subList(2, 6));
        CohortScene.await(Step.KEYS, cohort.devices);
        CohortScene.take(Step.SHARES, cohort.devices.subList(0, 5));

        CohortParameters parameters = CohortParameters.of(6, 0.2, 0).orElseThrow();
        Reply open = cohort.scene.openRound();
        assertThat(open.get("waitsFor")).isEqualTo("cohort");
        assertThat(open.json().get("cohort"))
                .isEqualTo(Map.of(
                        "attempt", 0,
                        "phase", "shares",
                        "advertised", 6,
                        "sharing", 5,
                        "masked", 0,
                        "revealed", 0,
                        "threshold", parameters.threshold()));
        assertThat(open.number("missingCount")).isEqualTo(1);
        assertThat(open.json().get("missing"))
                .asString()
                .contains(cohort.devices.get(5).plain().client());
    }

    @Test
    void aRebaseStartsFromZeroOnBothSides() {
        CohortScene cohort = cohort(2).create("ef21-norm", 9, "").members(6).start();
        for (int round = 0; round < 5; round++) {
            cohort.round(round);
            assertThat(cohort.scene.replica(round + 1).sum()).isEqualTo(cohort.expectedSum());
        }
    }

    @Test
    void messagesOfAMemberThatLeftStayUntilTheRebase() {
        CohortScene cohort = cohort(2).create("ef21-norm", 9, "").members(7).start();
        cohort.round(0);
        CohortDevice leaver = cohort.devices.get(6);
        cohort.stage(1, device -> true);
        assertThat(leaver.plain().leave().status()).isEqualTo(204);
        List<CohortDevice> staying = cohort.devices.subList(0, 6);
        cohort.attempt(0, staying);
        cohort.scene.awaitClosed(1);
        staying.forEach(device -> assertThat(device.settle()).isTrue());
        assertThat(cohort.scene.replica(2).sum()).isEqualTo(cohort.expectedSum());
        assertThat(leaver.outcome().status()).as("a leaver may ask").isEqualTo(200);

        assertThat(leaver.plain().join(1).status()).isEqualTo(201);
        leaver.startAnew();
        cohort.stage(2, device -> true);
        cohort.attempt(0, staying);
        cohort.scene.awaitClosed(2);
        staying.forEach(CohortDevice::settle);
        assertThat(cohort.scene.replica(3).sum()).isEqualTo(cohort.expectedSum());

        cohort.round(3);
        assertThat(leaver.ordinal()).isEqualTo(7);
        assertThat(cohort.scene.replica(4).sum()).isEqualTo(cohort.expectedSum());
    }

    @Test
    void aCohortHasDevicesOfOneOwner() {
        OwnerKey other = OwnerKey.generate();
        CohortScene cohort = cohort(100);
        String owners =
                cohort.definition("").replace("\"owners\":[", "\"owners\":[\"" + CohortScene.key(other) + "\",");
        cohort.scene.create("ef21-norm", 3, owners);
        cohort.members(5);
        CohortDevice alien = cohort.member(other);
        cohort.start();
        cohort.stage(0, device -> true);
        cohort.attemptUntil(Step.KEYS, 0, cohort.devices);
        eventually().until(() -> alien.getKeys().status() == 409);
        assertThat(alien.getKeys().problem()).isEqualTo("attempt-closed");
        List<CohortDevice> own = cohort.devices.subList(0, 5);
        CohortScene.await(Step.KEYS, own);
        for (Step step : List.of(Step.SHARES, Step.MASKED, Step.REVEALS)) {
            CohortScene.take(step, own);
            CohortScene.await(step, own);
        }
        assertThat(alien.outcome().json().get("included")).isEqualTo(false);
    }
}
