package io.evenkeel.coordinator.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.ReceivedShares;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class CohortTableTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private CohortTable table;

    @Autowired
    private DurableTransactions transactions;

    private List<byte[]> received(CohortScene cohort, long attempt) {
        return cohort.devices.stream()
                .map(device -> table.receivedBy(attempt, device.ordinal()).orElseThrow())
                .toList();
    }

    /** A large cohort's shares do not fit in memory at once. */
    @Test
    void sharesAreTheSameInBlocksOfAnySize() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21);
        CohortScene cohort = new CohortScene(scene, "identity", 5, 10, 100)
                .create("ef21-norm", 9, "")
                .members(7)
                .start();
        cohort.stage(0, device -> true);
        cohort.attemptUntil(Step.SHARES, 0, cohort.devices);
        CohortScene.await(Step.SHARES, cohort.devices);
        long attempt =
                (Long) Objects.requireNonNull(cohort.attempts(jdbc).get(0).get("ID"));

        List<byte[]> whole = received(cohort, attempt);
        assertThat(whole)
                .containsExactlyElementsOf(cohort.devices.stream()
                        .map(CohortDevice::getShares)
                        .map(reply -> reply.body())
                        .toList());
        for (int receivers : new int[] {0, 1, 3, 7}) {
            jdbc.update("UPDATE secagg_member SET received = NULL WHERE attempt_id = ?", attempt);
            int blockBytes = receivers * ReceivedShares.bytes(6);
            transactions.write(() -> table.deliverShares(attempt, blockBytes));
            assertThat(received(cohort, attempt)).containsExactlyElementsOf(whole);
        }
    }
}
