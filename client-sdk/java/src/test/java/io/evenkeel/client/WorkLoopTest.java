package io.evenkeel.client;

import static io.evenkeel.client.TestResponses.json;
import static io.evenkeel.client.TestResponses.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkLoopTest {

    private static final Duration GIVEN = Duration.ofSeconds(40);

    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 7);
    private final FakeTime time = new FakeTime();
    private final List<String> requests = new ArrayList<>();
    private final List<Supplier<Response>> checkIns = new ArrayList<>();
    private @Nullable Response refusal;

    /** Answers check-ins from the list, and declines; stops the client when the list is at its end. */
    private final class CheckInTransport implements Transport {

        private final Transport others = DirectTransport.reliable(coordinator);
        private final EvenkeelClient[] client;

        CheckInTransport(EvenkeelClient[] client) {
            this.client = client;
        }

        @Override
        public Response exchange(Request request) throws IOException, InterruptedException {
            String path = request.uri().getPath().replace("/api/v1/", "");
            requests.add(request.method() + " " + path);
            if (path.endsWith("/declines/me")) {
                return new Response(204, Map.of(), new byte[0]);
            }
            if (refusal != null && path.endsWith("/members/me")) {
                return refusal;
            }
            if (!path.equals("work")) {
                return others.exchange(request);
            }
            if (checkIns.isEmpty()) {
                client[0].stop();
                throw new IOException("stopped");
            }
            return checkIns.remove(0).get();
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    private void offer(Map<String, Object> item) {
        checkIns.add(() -> {
            Response plain = json(200, Map.of("work", List.of(item), "retryAfter", 40));
            return new Response(
                    200,
                    Map.of("Retry-After", List.of("40"), "Content-Type", List.of("application/json")),
                    plain.body());
        });
    }

    private void offer(boolean member, int round) {
        offer(
                member
                        ? Map.of("kind", "train", "run", "digits", "priority", 0, "member", true, "round", round)
                        : Map.of("kind", "train", "run", "digits", "priority", 0, "member", false));
    }

    private void work(WorkHandler handler) throws InterruptedException {
        EvenkeelClient[] holder = new EvenkeelClient[1];
        holder[0] = EvenkeelClient.builder(TestClients.ENDPOINT)
                .enrolmentToken("evk_enrol_test")
                .memoryState()
                .transport(new CheckInTransport(holder))
                .time(time)
                .random(() -> 0.5)
                .build();
        try (EvenkeelClient client = holder[0]) {
            client.work(handler);
        }
    }

    @Test
    void joinsAndTakesPartInOneRoundForEachCheckIn() throws InterruptedException {
        offer(false, -1);
        offer(true, 0);
        offer(true, 1);
        work(run -> Problems.bowl(1));
        assertThat(coordinator.messages).hasSize(2);
        assertThat(time.sleeps())
                .containsSequence(GIVEN)
                .filteredOn(GIVEN::equals)
                .hasSize(3);
        assertThat(requests.stream().filter("PUT runs/digits/members/me"::equals))
                .as("one to join, one for its plan")
                .hasSize(2);
    }

    @Test
    void skipsOtherKindsAndRunsWithoutAGradient() throws InterruptedException {
        offer(Map.of("kind", "evaluate", "run", "digits", "priority", 0, "member", true, "round", 0));
        offer(Map.of("kind", "train", "run", "unknown", "priority", 0, "member", false));
        work(run -> run.equals("digits") ? Problems.bowl(1) : null);
        assertThat(requests.stream().filter(request -> request.contains("runs/")))
                .isEmpty();
    }

    @Test
    void declinesRoundsAndJoinsNothingWhileTheDeviceCannotWork() throws InterruptedException {
        offer(true, 3);
        offer(false, -1);
        work(new WorkHandler() {
            @Override
            public GradientFunction gradient(String run) {
                return Problems.bowl(1);
            }

            @Override
            public DeclineReason declines() {
                return DeclineReason.BATTERY;
            }
        });
        assertThat(requests.stream().filter(request -> request.contains("runs/")))
                .containsExactly("PUT runs/digits/rounds/3/declines/me");
        assertThat(coordinator.messages).isEmpty();
    }

    @Test
    void survivesAnOutageWithoutHastyRepetitions() throws InterruptedException {
        offer(false, -1);
        checkIns.add(() -> problem(503, "busy", "the coordinator is busy"));
        checkIns.add(() -> problem(503, "busy", "the coordinator is busy"));
        offer(true, 0);
        work(run -> Problems.bowl(1));
        assertThat(coordinator.messages).hasSize(1);
        assertThat(time.sleeps())
                .filteredOn(GIVEN::equals)
                .as("also after each failure")
                .hasSize(4);
    }

    @Test
    void goesOnWhenTheRunHasEndedMeanwhile() throws InterruptedException {
        refusal = problem(409, "wrong-state", "run 'digits' is finished: nobody can join any more");
        offer(false, -1);
        offer(false, -1);
        work(run -> Problems.bowl(1));
        assertThat(checkIns).isEmpty();
    }

    @Test
    void otherCallsNeedARun() {
        try (EvenkeelClient client = EvenkeelClient.builder(TestClients.ENDPOINT)
                .memoryState()
                .transport(DirectTransport.reliable(coordinator))
                .build()) {
            assertThatThrownBy(() -> client.train(Problems.bowl(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no run is set");
        }
    }
}
