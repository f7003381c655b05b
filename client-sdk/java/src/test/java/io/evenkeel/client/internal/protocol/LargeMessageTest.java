package io.evenkeel.client.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.FakeTime;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.core.wire.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A large message is uploaded in parts; after an interruption, bytes that have arrived are not sent again. */
class LargeMessageTest {

    private static final byte[] MESSAGE = new byte[20_000_000];
    private static final int WHOLE_PART = Integer.MAX_VALUE;

    static {
        new Random(1).nextBytes(MESSAGE);
    }

    private final List<Long> arrived = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();

    /** A coordinator behind a link that cuts each part's request after some bytes. */
    private static class Link implements Transport {

        private final Deque<Integer> cuts;
        private final ByteArrayOutputStream there = new ByteArrayOutputStream();
        private final List<byte[]> messages = new ArrayList<>();
        final List<String> methods = new ArrayList<>();
        private boolean takesParts = true;
        private int sent;

        Link(Integer... cuts) {
            this.cuts = new ArrayDeque<>(List.of(cuts));
        }

        @Override
        public Response exchange(Request request) throws IOException {
            methods.add(request.method());
            if (request.uri().getPath().contains("/uploads/")) {
                assertThat(request.uri().getQuery()).isEqualTo("round=3");
                return takesParts ? part(request) : new Response(404, Map.of(), new byte[0]);
            }
            byte[] body = Objects.requireNonNull(request.body());
            String query = String.valueOf(request.uri().getQuery());
            boolean isUpload = query.contains("upload=");
            if (isUpload
                    && !Arrays.equals(
                            Digest.sha256().digest(there.toByteArray()),
                            Digest.sha256().digest(MESSAGE))) {
                return problem(404, "not-found");
            }
            messages.add(isUpload ? there.toByteArray() : body);
            return json(
                    201,
                    "application/json",
                    "{\"run\":\"r\",\"client\":\"c\",\"round\":3,\"sequence\":1,\"digest\":\"0000000000000001\","
                            + "\"head\":\"0000000000000001\"}");
        }

        private Response part(Request request) throws IOException {
            if (request.method().equals("PATCH")) {
                int offset = Integer.parseInt(
                        Objects.requireNonNull(request.headers().get("Upload-Offset")));
                if (offset != there.size()) {
                    return problem(409, "conflict");
                }
                byte[] body = Objects.requireNonNull(request.body());
                int cut = cuts.isEmpty() ? WHOLE_PART : cuts.remove();
                int length = Math.min(cut, body.length);
                there.write(body, 0, length);
                sent += length;
                if (length < body.length) {
                    throw new IOException("the link is down");
                }
            }
            return new Response(204, Map.of("Upload-Offset", List.of(String.valueOf(there.size()))), new byte[0]);
        }

        static Response problem(int status, String type) {
            return json(status, "application/problem+json", "{\"type\":\"urn:evenkeel:problem:" + type + "\"}");
        }

        private static Response json(int status, String type, String text) {
            return new Response(status, Map.of("Content-Type", List.of(type)), text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void abort() {}

        @Override
        public void close() {}
    }

    private void send(Link link, byte[] message) throws InterruptedException {
        Retries retries = new Retries(
                link, new FakeTime(), () -> 0.5, Duration.ofMinutes(1), new StopFlag(), (request, cause, pause) -> {});
        Coordinator coordinator = new Coordinator(URI.create("http://coordinator.test"), retries);
        coordinator.use(new Credentials("c", "secret"));
        var unused = coordinator
                .message("r", ModelReference.of(3), message)
                .send(Duration.ZERO, -1, receipts::add, arrived::add);
        assertThat(receipts).hasSize(1);
    }

    private static void assertTaken(Link link, byte[] message) {
        assertThat(link.messages).hasSize(1);
        assertThat(link.messages.get(0)).isEqualTo(message);
    }

    @Test
    void aBrokenConnectionRepeatsNothingThatHasArrived() throws InterruptedException {
        Link link = new Link(1, 0, 8_000_000, WHOLE_PART, 5);
        send(link, MESSAGE);
        assertTaken(link, MESSAGE);
        assertThat(link.sent).isEqualTo(MESSAGE.length);
        assertThat(arrived).isSorted().doesNotHaveDuplicates().endsWith((long) MESSAGE.length);
    }

    @Test
    void theOffsetIsRequestedAtTheBeginningAndAfterAFailure() throws InterruptedException {
        Link link = new Link();
        send(link, MESSAGE);
        assertThat(link.methods).containsExactly("GET", "PATCH", "PATCH", "PATCH", "PUT");
        Link cut = new Link(5);
        receipts.clear();
        send(cut, MESSAGE);
        assertThat(cut.methods).containsExactly("GET", "PATCH", "GET", "PATCH", "PATCH", "PATCH", "PUT");
    }

    @Test
    void anUploadContinuesAfterARestart() throws InterruptedException {
        Link link = new Link();
        link.there.write(MESSAGE, 0, MESSAGE.length - 10);
        send(link, MESSAGE);
        assertTaken(link, MESSAGE);
        assertThat(link.sent).isEqualTo(10);
    }

    @Test
    void aMessageIsSentWholeIfPartsAreNotAccepted() throws InterruptedException {
        Link link = new Link();
        link.takesParts = false;
        send(link, MESSAGE);
        assertTaken(link, MESSAGE);
    }

    @Test
    void aMessageIsSentWholeIfNoPartEverArrives() throws InterruptedException {
        Link link = new Link(Collections.nCopies(99, 0).toArray(new Integer[0]));
        send(link, MESSAGE);
        assertTaken(link, MESSAGE);
    }

    @Test
    void aMessageIsSentWholeIfTheUploadIsDamaged() throws InterruptedException {
        Link link = new Link();
        byte[] damaged = MESSAGE.clone();
        damaged[0]++;
        link.there.write(damaged, 0, damaged.length);
        send(link, MESSAGE);
        assertTaken(link, MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aRoundThatClosesEndsTheUpload(int partsBefore) {
        Link link = new Link() {
            @Override
            public Response exchange(Request request) throws IOException {
                return Collections.frequency(methods, "PATCH") < partsBefore
                        ? super.exchange(request)
                        : problem(409, "round-closed");
            }
        };
        assertThatThrownBy(() -> send(link, MESSAGE))
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        e -> assertThat(e.problem().type()).isEqualTo(ProblemType.ROUND_CLOSED));
        assertThat(link.sent).isEqualTo(Math.min(MESSAGE.length, partsBefore * MessageUpload.PART_BYTES));
        assertThat(link.messages).isEmpty();
    }

    @Test
    void theBodyLimitOfAProxyIsNamed() {
        Link link = new Link() {
            @Override
            public Response exchange(Request request) {
                return new Response(413, Map.of("Content-Type", List.of("text/html")), new byte[0]);
            }
        };
        assertThatThrownBy(() -> send(link, MESSAGE))
                .hasMessageContaining("a proxy in front of the coordinator does not accept a body of this length:"
                        + " raise its limit");
    }

    @Test
    void aSmallMessageIsSentWhole() throws InterruptedException {
        Link link = new Link();
        send(link, new byte[] {1, 2, 3});
        assertTaken(link, new byte[] {1, 2, 3});
        assertThat(arrived).isEmpty();
    }
}
