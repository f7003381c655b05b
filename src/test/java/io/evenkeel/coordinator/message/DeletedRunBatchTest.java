package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class DeletedRunBatchTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private PlanCache plans;

    @Autowired
    private BatchAcceptance acceptance;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1)
                .start();
    }

    private QueuedMessage submission(Scene scene) {
        PlanCache.Known run = plans.named(scene.run);
        TestDevice device = scene.devices.get(0);
        byte[] bytes = device.stage(0, GRADIENT).bytes;
        Message message = Message.decode(bytes, FrameLimits.of(Scene.DIMENSION));
        return new QueuedMessage(run.run(), run.plan(), device.client(), new ModelName(0, null), message, bytes);
    }

    @Test
    void refusesTheMessagesOfADeletedRunAndAcceptsThoseOfOthers() {
        Scene deleted = scene();
        Scene other = scene();
        List<QueuedMessage> batch = List.of(submission(deleted), submission(other));
        deleted.act("cancel");
        assertThat(deleted.operator.delete("/runs/" + deleted.run).status()).isEqualTo(204);

        List<Acceptance> outcomes = acceptance.decide(batch);

        assertThatThrownBy(outcomes.get(0)::orThrow)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.problem()).isEqualTo(ProblemKind.RUN_NOT_FOUND));
        assertThat(outcomes.get(1)).isInstanceOf(Acceptance.Added.class);
        other.act("cancel");
    }
}
