package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the recovery of a large run after a kill: 1,000 members, a model of 1,000,000 values, 1,000 closed rounds,
 * and nearly the maximum number of updates to replay. Takes a few minutes and runs only with
 * {@code benchmarks/run recovery}; docs/storage.md has the figures.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
@EnabledIfSystemProperty(named = "evenkeel.test.recovery", matches = "true")
class RecoveryFiguresTest {

    private static final String RUN = "large";
    private static final int DIMENSION = 1_000_000;
    private static final int SENT = 1_000;
    private static final int MEMBERS = Integer.getInteger("evenkeel.test.members", 1_000);
    private static final int ANSWERS = 10;
    private static final int KILLS = 5;

    /** Five rounds before the next checkpoint; there is one every 50 rounds. */
    private static final int CLOSED = Integer.getInteger("evenkeel.test.rounds", 1_045);

    @TempDir
    private Path folder = Path.of("");

    private final SplitMix64 random = new SplitMix64(1);
    private final List<Sender> senders = new ArrayList<>();
    private int port;

    /** A member that sends arbitrary values of the right size. */
    private static final class Sender {

        final String secret;
        long sequence;
        long head;

        Sender(String secret) {
            this.secret = secret;
        }
    }

    @Test
    void aKilledCoordinatorContinuesTheOpenRound() throws Exception {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        try (RestartableCoordinator first = new RestartableCoordinator(url())) {
            prepare(first);
            for (int round = 0; round < CLOSED; round++) {
                answer(first.endpoint(), round, 0, ANSWERS);
                awaitRound(first.endpoint(), round);
            }
        }
        List<Long> ready = new ArrayList<>();
        List<Long> asked = new ArrayList<>();
        List<Long> closed = new ArrayList<>();
        Process coordinator = start();
        awaitReady();
        String endpoint = "http://localhost:" + port;
        for (int round = CLOSED; round < CLOSED + KILLS; round++) {
            answer(endpoint, round, 0, ANSWERS / 2);
            coordinator.destroyForcibly().waitFor();
            long start = System.nanoTime();
            coordinator = start();
            awaitReady();
            ready.add(System.nanoTime() - start);
            assertThat(awaitRound(endpoint, round - 1)).isEqualTo(round);
            asked.add(System.nanoTime() - start);
            answer(endpoint, round, ANSWERS / 2, ANSWERS);
            assertThat(awaitRound(endpoint, round)).isEqualTo(round + 1);
            closed.add(System.nanoTime() - start);
        }
        coordinator.destroyForcibly().waitFor();
        tell("ready", ready);
        tell("the open round's devices asked", asked);
        tell("that round closed", closed);
    }

    private String url() {
        return "jdbc:h2:file:" + folder.resolve("evenkeel")
                + ";LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;MAX_LENGTH_INPLACE_LOB=16384";
    }

    private void prepare(RestartableCoordinator coordinator) {
        Http operator = new Http(coordinator.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        Reply created = operator.postJson(
                "/runs",
                "{\"name\":\"" + RUN + "\",\"dimension\":" + DIMENSION
                        + ",\"algorithm\":\"ef21-norm\",\"compressor\":\"top-k:"
                        + SENT + "\",\"rounds\":2000,\"gamma\":\"constant:0.1\",\"participants\":{\"max\":" + ANSWERS
                        + "},\"time\":{\"max\":\"1h\"}}");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        for (int i = 0; i < MEMBERS; i++) {
            String client = Credential.newId();
            Sender sender = new Sender(Credential.newDeviceToken(client));
            Scene.enrol(coordinator.jdbc(), client, sender.secret);
            senders.add(sender);
            Reply joined = http(coordinator.endpoint(), sender).putJson("/runs/" + RUN + "/members/me", "{}");
            assertThat(joined.status()).isEqualTo(201);
        }
        assertThat(operator.post("/runs/" + RUN + "/start").status()).isEqualTo(200);
    }

    private static Http http(String endpoint, Sender sender) {
        return new Http(endpoint, sender.secret);
    }

    /** Answers a round with some of the members whose turn it is. */
    private void answer(String endpoint, int round, int from, int to) {
        for (int i = from; i < to; i++) {
            Sender sender = senders.get((round * ANSWERS + i) % MEMBERS);
            byte[] bytes = new Message(sender.sequence + 1, sender.head, Report.of(1), delta()).encode();
            Reply reply = http(endpoint, sender)
                    .put("/runs/" + RUN + "/rounds/" + round + "/messages/me", TestDevice.BINARY, bytes);
            assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
            sender.sequence++;
            sender.head = Digest.of(bytes);
        }
    }

    private CompressedVector delta() {
        TreeSet<Integer> indices = new TreeSet<>();
        while (indices.size() < SENT) {
            indices.add(random.next(DIMENSION));
        }
        double[] values = new double[SENT];
        for (int j = 0; j < SENT; j++) {
            values[j] = (float) (random.nextDouble() - 0.5);
        }
        int[] sorted = indices.stream().mapToInt(Integer::intValue).toArray();
        return new CompressedVector(new Support.Listed(DIMENSION, sorted), ValueCoding.FLOAT32, values);
    }

    /** Waits for a later round and returns it. */
    private int awaitRound(String endpoint, int after) {
        // This member does not answer in these rounds.
        Sender other = senders.get((Math.max(after, 0) * ANSWERS + MEMBERS / 2) % MEMBERS);
        Reply task = http(endpoint, other).get("/runs/" + RUN + "/task?wait=20s&after=" + after);
        assertThat(task.status()).as(task.toString()).isEqualTo(200);
        return task.number("round");
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CoordinatorApplication.class.getName(),
                        "--server.port=" + port,
                        "--spring.datasource.url=" + url(),
                        "--evenkeel.operator-token=" + CoordinatorTest.OPERATOR_TOKEN)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("coordinator.log").toFile()))
                .start();
    }

    private void awaitReady() throws MalformedURLException {
        URL health = URI.create("http://localhost:" + port + "/actuator/health/readiness")
                .toURL();
        eventually()
                .ignoreException(ConnectException.class) // not listening yet
                .until(() ->
                        ((HttpURLConnection) health.openConnection()).getResponseCode() == HttpURLConnection.HTTP_OK);
    }

    private static void tell(String what, List<Long> nanos) {
        List<Long> millis =
                nanos.stream().map(each -> each / 1_000_000).sorted().toList();
        System.out.println("from the start of the process to " + what + ": median " + millis.get(millis.size() / 2)
                + " ms, most " + millis.get(millis.size() - 1) + " ms of " + millis);
    }
}
