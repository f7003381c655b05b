package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.task.TaskAssignment;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.message.AcceptanceReceipt;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.message.Submission;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import tools.jackson.databind.json.JsonMapper;

/** Tests the path of a message from its request to its receipt, with rules of the test instead of a database. */
class MessageIntakeTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final PlanCache.Known RUN = new PlanCache.Known(
            7,
            ValidatedPlan.of(JSON.readValue(
                    "{\"name\": \"r\", \"dimension\": 10, \"algorithm\": \"ef21-norm\", \"compressor\": \"top-k:2\","
                            + " \"rounds\": 3}",
                    RunDefinition.class)));
    private static final long ROOM = 1 << 20;
    private static final long DECODED = 500 + 2 * 12;

    private final List<List<QueuedMessage>> batches = new CopyOnWriteArrayList<>();
    private final List<Object> events = new CopyOnWriteArrayList<>();
    private final List<TaskAssignment.Question> asked = new CopyOnWriteArrayList<>();

    /** The writer acquires a permit before it decides on a batch. */
    private final Semaphore writes = new Semaphore(Integer.MAX_VALUE / 2);

    private final Semaphore syncs = new Semaphore(Integer.MAX_VALUE / 2);
    private volatile boolean syncFails;

    private Function<QueuedMessage, Acceptance> rules = message -> accepted(message, true);
    private MessageMemory memory = new MessageMemory(ROOM, ROOM, ROOM);
    private GroupCommit groupCommit = groupCommit();

    @BeforeEach
    void start() {
        groupCommit.afterPropertiesSet();
    }

    @AfterEach
    void everyMessageHasReleasedItsMemory() throws InterruptedException {
        writes.release(1000);
        syncs.release(1000);
        groupCommit.destroy();
        assertThat(memory.queued()).isZero();
        // The reservation would be refused if less memory were free.
        try (MessageMemory.Hold all = memory.hold()) {
            all.take(memory.maxReading());
        }
    }

    private GroupCommit groupCommit() {
        return new GroupCommit(
                new CommitPipeline.Steps() {
                    @Override
                    public List<Acceptance> decide(List<QueuedMessage> batch) {
                        writes.acquireUninterruptibly();
                        batches.add(List.copyOf(batch));
                        return batch.stream().map(rules).toList();
                    }

                    @Override
                    public void sync() {
                        syncs.acquireUninterruptibly();
                        if (syncFails) {
                            throw new QueryTimeoutException("the disk is full");
                        }
                    }
                },
                new DecodedMessageCache(memory),
                memory,
                events::add);
    }

    private void restart(MessageMemory other) throws InterruptedException {
        groupCommit.destroy();
        memory = other;
        groupCommit = groupCommit();
        groupCommit.afterPropertiesSet();
    }

    private static Acceptance accepted(QueuedMessage message, boolean isNew) {
        Submission submission = message.submission();
        AcceptedMessage accepted = new AcceptedMessage(
                submission.client(),
                submission.round(),
                submission.round(),
                submission.sequence(),
                submission.digest(),
                Instant.EPOCH,
                submission.bytes());
        return isNew
                ? new Acceptance.Added(
                        accepted, new MemberRow(1, submission.client(), 0, 0, Integer.MAX_VALUE, -1, 0, 0))
                : new Acceptance.Repeated(accepted);
    }

    private static byte[] message(double value) {
        CompressedVector delta = new CompressedVector(
                new Support.Listed(10, new int[] {1, 4}), ValueCoding.FLOAT64, new double[] {1, value});
        return new Message(1, 0, Report.of(1), delta).encode();
    }

    private static MockHttpServletRequest request(byte[] body) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setContentType(MessageRequestReader.BINARY_VALUE);
        request.setContent(body);
        return request;
    }

    private PendingResponse<AcceptanceReceipt> send(String run, String client, Duration wait, byte[] body)
            throws Exception {
        return send(run, client, wait, request(body));
    }

    private PendingResponse<AcceptanceReceipt> send(
            String run, String client, Duration wait, MockHttpServletRequest request) throws Exception {
        return new MessageIntake(
                        name -> {
                            if (name.equals("r")) {
                                return RUN;
                            }
                            throw ProblemKind.RUN_NOT_FOUND.because("there is no run " + name, "name another");
                        },
                        (key, name) -> key == RUN.run() && !name.equals("stranger"),
                        memory,
                        new MessageRequestReader(JSON, memory),
                        new MessageUploads(Optional.empty(), Clock.systemUTC(), 0),
                        groupCommit,
                        (known, member, round, digest) -> Optional.empty(),
                        (question, time) -> {
                            asked.add(question);
                            return new PendingResponse<>(time, new CompletableFuture<ResponseEntity<String>>());
                        })
                .accept(new MessageIntake.Delivery(run, client, new ModelName(0, null), wait, 5, null), request);
    }

    private PendingResponse<AcceptanceReceipt> send(String client, byte[] body) throws Exception {
        return send("r", client, Duration.ZERO, body);
    }

    private void assertRefused(String run, String client, byte[] body, ProblemKind kind) {
        assertThatThrownBy(() -> send(run, client, Duration.ZERO, body))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.problem()).isEqualTo(kind));
    }

    @Test
    void aMessageGetsItsReceiptOnceItIsWrittenAndIsKeptDecoded() throws Exception {
        writes.drainPermits();
        byte[] body = message(2);
        PendingResponse<AcceptanceReceipt> response = send("a", body);
        assertThat(response.outcome()).isNotDone();

        writes.release(1);
        ResponseEntity<AcceptanceReceipt> answer = response.outcome().join();

        assertThat(answer.getStatusCode().value()).isEqualTo(201);
        assertThat(answer.getBody())
                .extracting(AcceptanceReceipt::client, AcceptanceReceipt::digest)
                .containsExactly("a", Digest.toHex(Digest.of(body)));
        assertThat(batches.get(0).get(0).bytes()).isEqualTo(body);
        assertThat(memory.decoded()).isEqualTo(DECODED);
        eventually().untilAsserted(() -> assertThat(events).containsExactly(new RunChanged(7)));
    }

    @Test
    void theSameMessageInJsonIsTheSameBytes() throws Exception {
        MockHttpServletRequest request = request("""
                {"sequence": 1, "indices": [1, 4], "values": [1, 2], "coding": "float64"}
                """.getBytes(StandardCharsets.UTF_8));
        request.setContentType("application/json");

        send("r", "a", Duration.ZERO, request).outcome().join();

        assertThat(batches.get(0).get(0).bytes()).isEqualTo(message(2));
    }

    @Test
    void aRepeatedMessageGetsItsReceiptAndChangesNothing() throws Exception {
        rules = message -> accepted(message, false);

        ResponseEntity<AcceptanceReceipt> answer =
                send("a", message(2)).outcome().join();

        assertThat(answer.getStatusCode().value()).isEqualTo(200);
        assertThat(memory.decoded()).isZero();
        assertThat(events).isEmpty();
    }

    @Test
    void aRefusalOfTheRulesIsTheResponse() throws Exception {
        ProblemException closed = ProblemKind.ROUND_CLOSED.because("round 0 is closed", "compute on the next model");
        rules = message -> new Acceptance.Refused(closed);

        assertThatThrownBy(() -> send("a", message(2)).outcome().join()).hasCause(closed);
        assertThat(memory.decoded()).isZero();
        assertThat(events).isEmpty();
    }

    @Test
    void aFailureOfTheDatabaseIsTheResponseAndTheNextMessageIsWritten() throws Exception {
        rules = message -> {
            throw new QueryTimeoutException("the disk is full");
        };
        assertThatThrownBy(() -> send("a", message(2)).outcome().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(QueryTimeoutException.class);
        assertThat(memory.decoded()).isZero();

        rules = message -> accepted(message, true);
        assertThat(send("a", message(2)).outcome().join().getStatusCode().value())
                .isEqualTo(201);
    }

    @Test
    void messagesThatArriveDuringAWriteShareTheNextOne() throws Exception {
        writes.drainPermits();
        PendingResponse<AcceptanceReceipt> first = send("a", message(2));
        eventually().until(() -> writes.hasQueuedThreads());
        List<PendingResponse<AcceptanceReceipt>> others =
                List.of(send("b", message(2)), send("c", message(3)), send("d", message(4)));

        writes.release(2);
        first.outcome().join();
        others.forEach(response -> response.outcome().join());

        assertThat(batches).extracting(List::size).containsExactly(1, 3);
        assertThat(batches.get(1)).extracting(QueuedMessage::client).containsExactly("b", "c", "d");
    }

    @Test
    void receiptsWaitForTheSyncAndTheNextBatchDoesNot() throws Exception {
        syncs.drainPermits();
        PendingResponse<AcceptanceReceipt> first = send("a", message(2));
        eventually().until(() -> syncs.hasQueuedThreads());
        PendingResponse<AcceptanceReceipt> second = send("b", message(3));
        eventually().until(() -> batches.size() == 2);
        assertThat(first.outcome()).isNotDone();
        syncs.release(1);
        first.outcome().join();
        assertThat(second.outcome()).isNotDone();
        syncs.release(1);
        second.outcome().join();
    }

    @Test
    void aSyncThatFailsAcknowledgesNothing() throws Exception {
        syncFails = true;
        assertThatThrownBy(() -> send("a", message(2)).outcome().join())
                .hasCauseInstanceOf(QueryTimeoutException.class);
        assertThat(memory.decoded()).isZero();
        assertThat(events).isEmpty();

        syncFails = false;
        assertThat(send("a", message(2)).outcome().join().getStatusCode().value())
                .isEqualTo(201);
    }

    @Test
    void theNextTaskIsRequestedAfterTheReceiptOnlyIfTheSenderWaits() throws Exception {
        assertThat(send("r", "a", Duration.ZERO, message(2)).outcome().join()).isNotNull();
        PendingResponse<AcceptanceReceipt> response = send("r", "a", Duration.ofSeconds(30), message(2));

        assertThat(asked).as("the receipt is first").isEmpty();
        assertThat(response.outcome().join()).isNotNull();
        assertThat(batches).hasSize(2);
    }

    @Test
    void theSenderIsCheckedBeforeTheBodyIsRead() {
        byte[] none = {};
        assertRefused("none", "a", none, ProblemKind.RUN_NOT_FOUND);
        assertRefused("r", "stranger", none, ProblemKind.MEMBER_NOT_FOUND);
        assertThat(batches).isEmpty();
    }

    @Test
    void anInvalidMessageIsNotQueued() {
        byte[] cut = Arrays.copyOf(message(2), 20);
        assertRefused("r", "a", cut, ProblemKind.INVALID_FRAME);
        assertRefused("r", "a", new byte[100_000], ProblemKind.TOO_LARGE);
        assertRefused("r", "a", message(1e101), ProblemKind.PLAN_EXCEEDED);
        MockHttpServletRequest text = request(message(2));
        text.setContentType("text/plain");
        assertThatThrownBy(() -> send("r", "a", Duration.ZERO, text))
                .isInstanceOf(HttpMediaTypeNotSupportedException.class);
        assertThat(batches).isEmpty();
    }

    @Test
    void aBodyForWhichThereIsNoMemoryIsRefused() throws Exception {
        restart(new MessageMemory(2L * message(2).length + 10, ROOM, ROOM));

        assertRefused("r", "a", message(2), ProblemKind.BUSY);
        assertThat(batches).isEmpty();
    }

    @Test
    void aMessageIsAcceptedWithoutMemoryToKeepItDecoded() throws Exception {
        restart(new MessageMemory(ROOM, ROOM, DECODED));

        assertThat(send("a", message(2)).outcome().join()).isNotNull();
        assertThat(send("b", message(2)).outcome().join()).isNotNull();

        assertThat(memory.decoded()).isEqualTo(DECODED);
    }

    @Test
    void noMessageIsAcceptedAfterTheStop() throws Exception {
        groupCommit.destroy();

        assertRefused("r", "a", message(2), ProblemKind.BUSY);
        assertThat(memory.decoded()).isZero();
    }
}
