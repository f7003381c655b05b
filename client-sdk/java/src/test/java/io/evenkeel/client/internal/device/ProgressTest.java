package io.evenkeel.client.internal.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.TestClients;
import io.evenkeel.client.TestCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 2);
    private final List<String> lines = new ArrayList<>();

    private List<String> train() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, new MemoryStateStore()).progress(lines::add));
        return lines;
    }

    @Test
    void printsEachRoundAndTheEnd() throws InterruptedException {
        assertThat(train())
                .containsExactly(
                        "enrolled as client c1",
                        "joined run digits: 2 rounds of 57 values; messages accepted before: 0",
                        "round 0 of 2: computing",
                        "round 0 of 2: message accepted",
                        "round 1 of 2: computing",
                        "round 1 of 2: message accepted",
                        "finished at round 2; messages accepted: 2, dropped: 0");
    }

    @Test
    void printsWhatADeviceWaitsForBeforeTheRunStarts() throws InterruptedException {
        coordinator.minParticipants = 2;
        coordinator.questionsBeforeStart = 3;

        assertThat(train())
                .containsSubsequence(
                        "joined; 1 of 2 members; waiting for the run to start",
                        "joined; 2 members; waiting for the run to start",
                        "round 0 of 2: computing")
                .filteredOn(line -> line.contains("; 2 members"))
                .hasSize(1);
    }
}
