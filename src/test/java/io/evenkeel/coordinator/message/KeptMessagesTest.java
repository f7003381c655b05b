package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.retention.PrunedRun;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A round closes with the same bits whether its messages are in memory or read from the database. */
class KeptMessagesTest extends PrunedRun {

    @Autowired
    private DecodedMessageCache kept;

    @Autowired
    private MessageMemory memory;

    @Test
    void closesWithTheSameBitsFromMemoryAndFromTheDatabase() {
        Scene atHand = scene("ef21-norm", FeedbackMethod.EF21, 40);
        Scene read = scene("ef21-norm", FeedbackMethod.EF21, 40);
        Scene partlyAtHand = scene("ef21-norm", FeedbackMethod.EF21, 40);
        for (Scene scene : List.of(atHand, read, partlyAtHand)) {
            random.setSeed(5);
            for (int round = 0; round < 6; round++) {
                scene.devices.get(0).answer(round, gradient());
                if (scene == partlyAtHand) {
                    kept.keepOnly(List.of());
                }
                scene.devices.get(1).answer(round, gradient());
                if (scene == read) {
                    kept.keepOnly(List.of());
                    assertThat(memory.decoded()).isZero();
                } else {
                    assertThat(memory.decoded()).isPositive();
                }
                round(scene, round, scene.devices.subList(2, 3));
            }
        }
        assertThat(read.replica(6).sum()).isEqualTo(atHand.replica(6).sum());
        assertThat(read.replica(6).x()).isEqualTo(atHand.replica(6).x());
        assertThat(partlyAtHand.replica(6).sum()).isEqualTo(atHand.replica(6).sum());
    }

    @Test
    void keepsNoMessagesOfClosedRoundsAndNoRefusedMessages() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        // Open rounds of other tests' runs keep their messages.
        long before = memory.decoded();
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent sent = device.stage(0, gradient());
        assertThat(device.put(sent).status()).isEqualTo(201);
        long one = memory.decoded();
        assertThat(one).isGreaterThan(before);
        assertThat(device.put(sent).status()).isEqualTo(200);
        assertThat(device.put(0, device.stage(0, gradient()).bytes).problem()).isEqualTo("conflict");
        assertThat(memory.decoded()).isEqualTo(one);
        device.commit(sent);
        round(scene, 0, scene.devices.subList(1, 3));
        assertThat(memory.decoded()).isEqualTo(before);
    }
}
