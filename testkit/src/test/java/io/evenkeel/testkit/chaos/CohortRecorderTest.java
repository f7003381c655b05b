package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.testkit.chaos.proxy.HttpText;
import io.evenkeel.testkit.chaos.verdict.Evidence;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests a recorder's record of cohorts, and that kills happen only in their step. */
class CohortRecorderTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int PORT = 8081;

    private final CohortRecorder recorder = new CohortRecorder();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Integer> struck = new ArrayList<>();
    private volatile boolean due;

    @AfterEach
    void endWaits() {
        recorder.end();
        threads.shutdownNow();
    }

    private static HttpText text(String firstLine, byte[] body) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.writeBytes(
                (firstLine + "\r\ncontent-length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        raw.writeBytes(body);
        return Objects.requireNonNull(HttpText.read(new ByteArrayInputStream(raw.toByteArray())));
    }

    private static HttpText request(String method, String device, int round, String step, byte[] body)
            throws IOException {
        String path = "/api/v1/runs/chaos/rounds/" + round + "/attempts/0/" + step + "/me";
        return text(method + " " + path + " HTTP/1.1\r\nauthorization: " + device, body);
    }

    private static HttpText put(String device, int round, String step, byte[] body) throws IOException {
        return request("PUT", device, round, step, body);
    }

    private static byte[] frame(int size) {
        return new byte[size];
    }

    private static SignedAdvertisement advertisement(int member) {
        Advertisement keys = new Advertisement(member, new byte[32], new byte[32], new byte[32]);
        CohortBasis basis = new CohortBasis(new byte[CohortBasis.BYTES]);
        return new SignedAdvertisement(keys, new byte[32], new byte[64], new byte[32], basis, new byte[64]);
    }

    private static byte[] keys(int member) {
        return SecAggFrames.encode(advertisement(member));
    }

    private static byte[] masked(long digest) {
        return SecAggFrames.encode(new MaskedVector(1, 0, digest, new int[4]));
    }

    private static byte[] included(Integer... members) {
        return SecAggFrames.encodeIncluded(List.of(members));
    }

    private static HttpText answer(byte[] body) throws IOException {
        return text("HTTP/1.1 200 OK", body);
    }

    private static HttpText taken() throws IOException {
        return text("HTTP/1.1 204 No Content", new byte[0]);
    }

    private void cohort(int round) throws IOException {
        CohortKeys keys = new CohortKeys(2, List.of(advertisement(10), advertisement(11), advertisement(12)));
        for (int i = 0; i < 3; i++) {
            HttpText sent = put("d" + i, round, "keys", keys(10 + i));
            recorder.sent(sent, PORT);
            recorder.answered(sent, taken());
            recorder.answered(request("GET", "d" + i, round, "keys", frame(0)), answer(SecAggFrames.encode(keys)));
            recorder.sent(put("d" + i, round, "masked", masked(100 * round + i)), PORT);
        }
    }

    private void outcome(int round, boolean included) throws IOException {
        byte[] body = ("{\"included\":" + included + "}").getBytes(StandardCharsets.US_ASCII);
        recorder.answered(request("GET", "d0", round, "outcome", frame(0)), answer(body));
    }

    /** Starts a wait in another thread, and returns once that thread waits. */
    private Future<Boolean> waiting(Callable<Boolean> wait) throws InterruptedException {
        Future<Boolean> future = threads.submit(wait);
        while (!recorder.isAwaited()) {
            Thread.onSpinWait();
        }
        return future;
    }

    private void strikeOnceDue(int port) {
        assertThat(due).isTrue();
        struck.add(port);
    }

    @Test
    void recordsTheMessagesOfASumAsAnnouncedToEachDevice() throws IOException {
        cohort(4);
        recorder.answered(request("GET", "d0", 4, "included", frame(0)), answer(included(10, 11, 12)));
        recorder.answered(request("GET", "d2", 4, "included", frame(0)), answer(included(10, 12)));
        recorder.answered(request("GET", "d1", 4, "included", frame(0)), taken());

        assertThat(recorder.announced())
                .containsExactlyInAnyOrder(
                        new Evidence.AnnouncedSum(4, 0, Set.of(400L, 401L, 402L)),
                        new Evidence.AnnouncedSum(4, 0, Set.of(400L, 402L)));
        assertThat(recorder.masked()).containsOnlyKeys(400L, 401L, 402L);
    }

    @Test
    void strikesTheCoordinatorThatHasARequestOfTheStepWithoutAnAnswer()
            throws IOException, InterruptedException, ExecutionException {
        recorder.sent(put("d0", 0, "shares", frame(9)), PORT + 1);
        Future<Boolean> strike = waiting(() -> recorder.strikeIn("shares", 0, TIMEOUT, struck::add));
        recorder.sent(put("d1", 0, "keys", keys(1)), PORT + 2);
        recorder.sent(put("d1", 0, "shares", frame(9)), PORT);

        assertThat(strike.get()).isTrue();
        assertThat(struck).containsExactly(PORT);
    }

    @Test
    void strikesBeforeAnOutcomeOnceEnoughDevicesReveal() throws IOException, InterruptedException, ExecutionException {
        cohort(1);
        Future<Boolean> strike = waiting(() -> recorder.strikeBeforeOutcome(0, TIMEOUT, this::strikeOnceDue));
        recorder.sent(put("d0", 1, "reveals", frame(9)), PORT);
        recorder.sent(put("d0", 1, "reveals", frame(9)), PORT);
        due = true;
        recorder.sent(put("d1", 1, "reveals", frame(9)), PORT);

        assertThat(strike.get()).isTrue();
        assertThat(struck).hasSize(1);
    }

    @Test
    void doesNotStrikeOnceADeviceKnowsTheOutcome() throws IOException, InterruptedException, ExecutionException {
        cohort(1);
        recorder.sent(put("d0", 1, "reveals", frame(9)), PORT);
        recorder.sent(put("d1", 1, "reveals", frame(9)), PORT);
        outcome(1, false);
        Future<Boolean> strike = waiting(() -> recorder.strikeBeforeOutcome(0, TIMEOUT, struck::add));
        recorder.end();

        assertThat(strike.get()).isFalse();
        assertThat(struck).isEmpty();
    }

    @Test
    void strikesAfterTheFirstDeviceIsToldThatItsMessageIsInTheSum()
            throws IOException, InterruptedException, ExecutionException {
        outcome(1, true);
        Future<Boolean> strike = waiting(() -> recorder.strikeAfterOutcome(0, TIMEOUT, this::strikeOnceDue));
        outcome(1, true);
        outcome(2, false);
        due = true;
        outcome(3, true);

        assertThat(strike.get()).isTrue();
        assertThat(struck).hasSize(1);
    }
}
