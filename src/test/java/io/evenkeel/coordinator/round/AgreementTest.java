package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.message.GroupCommit;
import io.evenkeel.coordinator.message.QueuedMessage;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.message.Acceptance;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
@Tag("full")
class AgreementTest {

    private static final int ROUNDS = 1000;
    private static final double[] WEIGHTS = {1, 0.25, 3, 7.5};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    @Autowired
    private GroupCommit groupCommit;

    @Autowired
    private PlanCache plans;

    @Autowired
    private Models models;

    /** Bypasses the web server, so that a thousand rounds take seconds. */
    @Test
    void vectorsAndSumAgreeAfterAThousandRoundsWithMissingDevices() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", ROUNDS, "\"gamma\":\"anytime:1:0.5\",\"time\":{\"max\":\"1s\"}");
        for (double weight : WEIGHTS) {
            scene.member(weight);
        }
        scene.start();
        PlanCache.Known run = plans.named(scene.run);
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            double[] x = models.onNewest(run.run(), round, model -> model.x().clone());
            int sure = random.nextInt(WEIGHTS.length);
            int silent = 0;
            for (int i = 0; i < WEIGHTS.length; i++) {
                if (i == sure || random.nextInt(3) > 0) {
                    answer(run, scene.devices.get(i), round, TestDevice.gradient(x, i));
                } else {
                    silent++;
                }
            }
            if (silent > 0) {
                clock.advance(Duration.ofSeconds(1));
            }
            heartbeat.tick();
        }
        assertThat(scene.view().get("state")).isEqualTo("finished");
        assertThat(Scene.difference(scene.replica(ROUNDS).sum(), scene.devices, WEIGHTS))
                .isLessThan(1e-12);
    }

    private void answer(PlanCache.Known run, TestDevice device, int round, double[] gradient) {
        TestDevice.Sent sent = device.stage(round, gradient);
        Message message = Message.decode(sent.bytes, FrameLimits.of(Scene.DIMENSION));
        QueuedMessage submission = new QueuedMessage(
                run.run(), run.plan(), device.client(), new ModelName(round, null), message, sent.bytes);
        assertThat(groupCommit.submit(submission).join()).isInstanceOf(Acceptance.Added.class);
        device.commit(sent);
    }
}
