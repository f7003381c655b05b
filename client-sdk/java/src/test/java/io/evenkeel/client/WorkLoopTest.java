package io.evenkeel.client;

import static io.evenkeel.client.TestResponses.json;
import static io.evenkeel.client.TestResponses.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkLoopTest {

    private static final Duration GIVEN = Duration.ofSeconds(40);

    /** A file with one tensor, w, whose only value is the float32 2. */
    private static final byte[] SAFETENSORS = safetensors();

    private static byte[] safetensors() {
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(2)
                .array();
    }

    private TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 7);
    private final FakeTime time = new FakeTime();
    private final List<String> requests = new ArrayList<>();
    private final List<Supplier<Response>> checkIns = new ArrayList<>();
    private final List<String> results = new ArrayList<>();
    private final List<String> waits = new ArrayList<>();
    private @Nullable Response refusal;
    private boolean sparseUpdates = true;

    /** Answers check-ins from the list, and accepts declines; stops the client at the end of the list. */
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
            Response evaluated = evaluated(request, path);
            if (evaluated != null) {
                return evaluated;
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
                .secureAggregation(SecureAggregation.with(TestCohort.IDENTITY)
                        .minimumCohort(5)
                        .allowPlainRuns())
                .sparseUpdates(sparseUpdates)
                .transport(new CheckInTransport(holder))
                .listener(new ClientListener() {
                    @Override
                    public void waiting(String reason) {
                        waits.add(reason);
                    }
                })
                .time(time)
                .random(() -> 0.5)
                .build();
        try (EvenkeelClient client = holder[0]) {
            client.work(handler);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "", "Digits"})
    void refusesWorkForARunWithAnInvalidName(String name) {
        offer(Map.of("kind", "train", "run", name, "priority", 0, "member", true, "round", 0));
        assertThatThrownBy(() -> work(run -> Problems.bowl(1)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("expected 1 to 64 of a to z, 0 to 9 and hyphen");
        assertThat(requests).noneMatch(request -> request.contains("outside"));
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

    private void offerEvaluation(String path) {
        offer(Map.of(
                "kind",
                "evaluate",
                "priority",
                0,
                "member",
                false,
                "details",
                Map.of("evaluation", "check-3", "model", "digits", "version", 4, "path", path)));
    }

    /** Answers the download of the model, and keeps the result. */
    private @Nullable Response evaluated(Request request, String path) {
        if (path.equals("models/digits/versions/4")) {
            return new Response(200, Map.of(), SAFETENSORS);
        }
        if (path.equals("evaluations/check-3/results/me")) {
            results.add(new String(Objects.requireNonNull(request.body()), StandardCharsets.UTF_8));
            return new Response(204, Map.of(), new byte[0]);
        }
        return null;
    }

    private static WorkHandler measuring(VersionEvaluator evaluator) {
        return new WorkHandler() {
            @Override
            public @Nullable GradientFunction gradient(String run) {
                return null;
            }

            @Override
            public VersionEvaluator evaluator(String evaluation) {
                assertThat(evaluation).isEqualTo("check-3");
                return evaluator;
            }
        };
    }

    @Test
    void measuresTheModelOfAnEvaluationThatBelongsToNoRun() throws InterruptedException {
        offerEvaluation("/api/v1/models/digits/versions/4");
        work(measuring(version -> VersionMetrics.of(3, Map.of("first", (double) version.values("w")[0]))));
        assertThat(results).hasSize(1);
        assertThat(results.get(0)).contains("\"first\":2", "\"samples\":3");
    }

    @Test
    void namesTheMetricsOfAnEvaluationThatAreNotSent() throws InterruptedException {
        offerEvaluation("/api/v1/models/digits/versions/4");
        work(measuring(version -> VersionMetrics.of(3, Map.of("first", 2.0, "loss", Double.NaN))));
        assertThat(results.get(0)).contains("\"metrics\":{\"first\":2");
        assertThat(waits).contains("measured the model of evaluation check-3; not finite and not sent: loss");
    }

    private static List<Throwable> failures() {
        return List.of(new IOException("no samples"), new OutOfMemoryError("Java heap space"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void triesAnEvaluationOnceIfItsMeasurementFails(Throwable failure) throws InterruptedException {
        int[] calls = new int[1];
        offerEvaluation("/api/v1/models/digits/versions/4");
        offerEvaluation("/api/v1/models/digits/versions/4");
        offer(true, 0);
        work(measuring(version -> {
            calls[0]++;
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }));
        assertThat(calls[0]).isEqualTo(1);
        assertThat(results).isEmpty();
        assertThat(time.sleeps()).filteredOn(GIVEN::equals).hasSize(3);
    }

    @Test
    void downloadsEvaluationModelsFromTheCoordinatorOnly() throws InterruptedException {
        offerEvaluation("http://elsewhere.test/model");
        work(measuring(version -> VersionMetrics.of(1, Map.of("x", 1.0))));
        assertThat(requests).noneMatch(request -> request.contains("elsewhere"));
        assertThat(results).isEmpty();
    }

    @Test
    void skipsOtherKindsAndRunsWithoutAGradient() throws InterruptedException {
        offer(Map.of("kind", "dance", "run", "digits", "priority", 0, "member", true, "round", 0));
        offerEvaluation("/api/v1/models/digits/versions/4");
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
    void survivesAnOutageWithoutHastyRetries() throws InterruptedException {
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

    @ParameterizedTest
    @CsvSource({"409, wrong-state", "404, run-not-found"})
    void continuesWhenTheRunHasEndedOrWasDeletedMeanwhile(int status, String type) throws InterruptedException {
        refusal = problem(status, type, "run 'digits' is over, so no device can join it");
        offer(false, -1);
        offer(false, -1);
        work(run -> Problems.bowl(1));
        assertThat(checkIns).isEmpty();
    }

    @Test
    void downloadsThePlanAndTheModelAgainIfTheCoordinatorHasOthers() throws InterruptedException {
        coordinator = SecureTrainingTest.run(FeedbackMethod.EF21, 3);
        sparseUpdates = false;
        coordinator.modelTold = floats -> {
            coordinator.modelTold = UnaryOperator.identity();
            floats[0] ^= 1;
            return floats;
        };
        offer(false, -1);
        offer(true, 0);
        offer(true, 0);
        work(run -> Problems.bowl(1));
        assertThat(SecureTrainingTest.cohort(coordinator).revealsByRound()).containsExactly(Map.entry("0", 1));
        assertThat(requests.stream().filter("PUT runs/digits/members/me"::equals))
                .as("one to join, one for each plan")
                .hasSize(3);
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
