package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class OpenRoundTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, more)
                .members(3);
    }

    private static Reply open(Scene scene) {
        return scene.operator.get("/runs/" + scene.run + "/rounds/open");
    }

    @Test
    void namesTheMembersThatHaveNotAnswered() {
        Scene scene = scene("").start();
        scene.devices.get(1).answer(0, GRADIENT);

        Reply reply = open(scene);

        assertThat(reply.number("asked")).isEqualTo(3);
        assertThat(reply.number("accepted")).isEqualTo(1);
        assertThat(reply.number("missingCount")).isEqualTo(2);
        assertThat(reply.get("waitsFor")).isEqualTo("others");
        List<?> missing = (List<?>) Objects.requireNonNull(reply.json().get("missing"));
        assertThat(missing.stream().map(member -> ((Map<?, ?>) member).get("client")))
                .isEqualTo(List.of(
                        scene.devices.get(0).client(), scene.devices.get(2).client()));
    }

    @Test
    void reportsWhatTheRoundWaitsFor() {
        Scene scene =
                scene("\"participants\":{\"min\":2},\"time\":{\"min\":\"30s\"}").start();
        assertThat(open(scene).get("waitsFor")).isEqualTo("more-messages");
        scene.devices.get(0).answer(0, GRADIENT);
        scene.devices.get(1).answer(0, GRADIENT);
        assertThat(open(scene).get("waitsFor")).isEqualTo("least-time");
        scene.act("pause");
        assertThat(open(scene).get("waitsFor")).isEqualTo("resume");
    }

    @Test
    void refusesRunsWithoutAnOpenRound() {
        assertThat(open(scene("")).problem()).isEqualTo("wrong-state");
    }
}
