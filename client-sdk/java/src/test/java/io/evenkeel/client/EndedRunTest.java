package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;

/** A device that starts after its run has ended, such as after a power failure in the last round. */
class EndedRunTest {

    private final MemoryStateStore disk = new MemoryStateStore();
    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "normalized", "top-k:5", 4);

    @Test
    void aMemberLearnsHowTheRunEnded() throws InterruptedException {
        assertThat(TestClients.train(TestClients.on(coordinator, disk)).accepted())
                .isEqualTo(4);

        RunOutcome again = TestClients.train(TestClients.on(coordinator, disk));

        assertThat(again.end()).isEqualTo(RunOutcome.End.FINISHED);
        assertThat(again.round()).isEqualTo(4);
        assertThat(again.accepted()).isZero();
    }

    @Test
    void aNonMemberCannotJoin() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, disk));

        assertThatThrownBy(() -> TestClients.train(TestClients.on(coordinator, new MemoryStateStore())))
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        refusal -> assertThat(refusal.problem().type()).isEqualTo(ProblemType.WRONG_STATE));
    }
}
