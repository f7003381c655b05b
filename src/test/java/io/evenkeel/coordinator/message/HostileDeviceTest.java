package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.vector.Norm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests that an enrolled device that violates the protocol can do only the harm that docs/security.md describes. */
@CoordinatorTest
class HostileDeviceTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "identity+float64", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"gamma\":\"constant:0.1\"" + more);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-300, 1, 1e30, 1e100})
    void movesTheModelByAtMostOneNormalizedStepInARound(double size) {
        Scene scene = scene(",\"weights\":{\"max\":1e12}").members(2);
        TestDevice hostile = scene.member(1e12);
        scene.start();
        double[] before = scene.devices.get(0).model(0);
        for (int round = 0; round < 3; round++) {
            int now = round;
            scene.devices.subList(0, 2).forEach(device -> device.answer(now, GRADIENT));
            hostile.lie(round, round % 2 == 0 ? size : -size);
            scene.await(scene.devices.get(0), round);
            double[] after = scene.devices.get(0).model(round + 1);
            assertThat(distance(before, after)).isLessThanOrEqualTo(0.1 + 1e-9);
            before = after;
        }
        assertThat(scene.view().get("state")).isEqualTo("running");
    }

    @Test
    void cannotSendReadOrRecoverForAnotherDevice() {
        Scene scene = scene("").members(2).start();
        TestDevice hostile = scene.devices.get(0);
        TestDevice victim = scene.devices.get(1);
        victim.answer(0, GRADIENT);
        String before = scene.fingerprint();
        String other = "/runs/" + scene.run + "/members/" + victim.client();
        for (String path :
                List.of(other, other + "/state", "/runs/" + scene.run + "/members", "/clients/" + victim.client())) {
            assertThat(hostile.http().get(path).problem()).as(path).isEqualTo("forbidden");
        }
        assertThat(hostile.http().delete(other).problem()).isEqualTo("forbidden");
        assertThat(hostile.http().putJson(other, "{\"weight\":1}").problem()).isEqualTo("forbidden");
        assertThat(hostile.http()
                        .post("/clients/" + victim.client() + "/secret")
                        .problem())
                .isEqualTo("forbidden");
        assertThat(hostile.http()
                        .put(
                                "/runs/" + scene.run + "/rounds/0/messages/" + victim.client(),
                                TestDevice.BINARY,
                                hostile.lie(1))
                        .problem())
                .isEqualTo("forbidden");
        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(hostile.membership().number("sequence")).isZero();
        assertThat(hostile.http()
                        .get("/runs/" + scene.run + "/members/me/state")
                        .header("Evenkeel-Sequence"))
                .isEqualTo("0");
    }

    @Test
    void cannotFillTheDatabaseByJoiningAndLeaving() {
        Scene scene = scene("").members(1);
        TestDevice hostile = scene.device();
        int joined = 0;
        while (hostile.join(1).status() == 201) {
            joined++;
            assertThat(hostile.leave().status()).isEqualTo(204);
        }
        assertThat(joined).isEqualTo(100);
        assertThat(hostile.join(1).problem()).isEqualTo("conflict");
    }

    private static double distance(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int j = 0; j < a.length; j++) {
            difference[j] = a[j] - b[j];
        }
        return Norm.l2(difference);
    }
}
