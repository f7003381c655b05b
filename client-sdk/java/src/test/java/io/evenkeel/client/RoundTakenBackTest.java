package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Tests a round that was announced but does not exist, because the close of the previous round did not reach the
 * coordinator's disk.
 */
class RoundTakenBackTest {

    private final MemoryStateStore disk = new MemoryStateStore();
    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "normalized", "top-k:5", 12);

    @Test
    void aDeviceWaitsForARoundWhoseModelIsMissing() throws InterruptedException {
        RunOutcome outcome = trainRefused("GET", 404, "round-not-found");
        assertThat(outcome.accepted()).isEqualTo(12);
        assertThat(outcome.refused()).isZero();
    }

    @Test
    void aDeviceWaitsForARoundThatIsNotOpenYet() throws InterruptedException {
        RunOutcome outcome = trainRefused("PUT", 409, "round-not-open");
        assertThat(outcome.accepted()).isEqualTo(12);
        assertThat(outcome.refused()).isEqualTo(1);
        assertThat(TestClients.g(coordinator, disk)).isEqualTo(coordinator.member().g);
    }

    private RunOutcome trainRefused(String method, int status, String slug) throws InterruptedException {
        RefusingOnce transport = new RefusingOnce(method, TestResponses.problem(status, slug, "round 2 is open"));
        RunOutcome outcome = TestClients.train(TestClients.on(transport, disk));
        assertThat(transport.done).isTrue();
        return outcome;
    }

    /** Intercepts the first request with one method about round 3, and refuses it. */
    private final class RefusingOnce implements Transport {

        private final Transport link = DirectTransport.reliable(coordinator);
        private final String method;
        private final Response refusal;
        private boolean done;

        RefusingOnce(String method, Response refusal) {
            this.method = method;
            this.refusal = refusal;
        }

        @Override
        public Response exchange(Request request) throws IOException, InterruptedException {
            if (!done
                    && request.method().equals(method)
                    && request.uri().getPath().contains("/rounds/3/")) {
                done = true;
                return refusal;
            }
            return link.exchange(request);
        }

        @Override
        public void abort() {
            link.abort();
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
