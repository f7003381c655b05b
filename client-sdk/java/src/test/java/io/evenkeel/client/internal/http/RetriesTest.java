package io.evenkeel.client.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.DeadlineException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.FakeTime;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import java.io.IOException;
import java.net.URI;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetriesTest {

    private static final Request REQUEST = Request.of("GET", URI.create("http://coordinator.test/x"), 100);

    private final FakeTime time = new FakeTime();
    private final StopFlag stop = new StopFlag();
    private final List<Request> sent = new ArrayList<>();
    private final List<String> causes = new ArrayList<>();

    @Test
    void responsesThatARetryWouldNotChangeAreReturnedAtOnce() throws InterruptedException {
        assertThat(send(0.5, answer(409)).status()).isEqualTo(409);
        assertThat(time.sleeps()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void retriesAfterATemporaryFailure(int status) throws InterruptedException {
        assertThat(send(0.5, answer(status), answer(200)).status()).isEqualTo(200);
        assertThat(causes).containsExactly("status " + status);
    }

    @Test
    void pausesGrowByDoublingUpToTheLongest() throws InterruptedException {
        Object[] failures = new Object[9];
        Arrays.fill(failures, new IOException("no route"));
        Object[] script = Arrays.copyOf(failures, 10);
        script[9] = answer(200);
        send(0.999999999, script);
        assertThat(time.sleeps())
                .extracting(pause -> Math.round(pause.toMillis() / 100.0) / 10.0)
                .containsExactly(0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0);
        assertThat(causes).hasSize(9).containsOnly("no route");
    }

    @Test
    void jitterHalvesThePauseAtMost() throws InterruptedException {
        send(0, new IOException("no route"), answer(200));
        assertThat(time.sleeps()).containsExactly(Duration.ofMillis(250));
    }

    @Test
    void waitsAtLeastForRetryAfter() throws InterruptedException {
        send(0.5, answer(503, "7"), answer(200));
        assertThat(time.sleeps()).containsExactly(Duration.ofMillis(7700));
    }

    @Test
    void parsesARetryAfterDate() throws InterruptedException {
        send(0, answer(503, "Sat, 31 Jan 2026 12:01:00 GMT"), answer(200));
        assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(60));
    }

    @Test
    void ignoresAnInvalidRetryAfter() throws InterruptedException {
        send(0, answer(503, "soon"), answer(200));
        assertThat(time.sleeps()).containsExactly(Duration.ofMillis(250));
    }

    @Test
    void givesUpWhenTheNextAttemptWouldComeAfterTheDeadline() {
        Object[] failures = new Object[100];
        Arrays.fill(failures, new IOException("no route"));
        assertThatThrownBy(() -> send(0.5, failures))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("GET http://coordinator.test/x")
                .hasMessageContaining("no route")
                .hasMessageContaining("train again")
                .hasCauseInstanceOf(IOException.class);
        assertThat(time.nanos()).isLessThanOrEqualTo(Duration.ofMinutes(10).toNanos());
    }

    @Test
    void retriesWithinTheDeadlineRegardlessOfRetryAfter() throws InterruptedException {
        Object[] script = Stream.of(
                        "86400",
                        "1000000000",
                        "9".repeat(30),
                        "Fri, 31 Dec 9999 23:59:59 GMT",
                        "Fri, 31 Dec +999999999 23:59:59 GMT")
                .map(asked -> (Object) answer(503, asked))
                .toArray();
        for (Object refusal : script) {
            assertThat(send(0.5, refusal, answer(200)).status()).isEqualTo(200);
        }
        assertThat(time.sleeps())
                .hasSize(script.length)
                .allSatisfy(pause -> assertThat(pause).isLessThanOrEqualTo(Duration.ofMinutes(3)));
    }

    @Test
    void pausesBeforeTheNextRequestForAnHourAtMost() {
        Retries retries = retries(0.999, request -> answer(200));
        for (long asked : new long[] {Long.MAX_VALUE, 1_000_000_000, -5}) {
            assertThat(retries.pauseBeforeNext(Duration.ofSeconds(asked)))
                    .isBetween(Duration.ZERO, Duration.ofMinutes(72));
        }
    }

    @Test
    void boundsEachExchangeByTheRestOfTheDeadline() throws InterruptedException {
        send(0.5, answer(503, "100"), answer(200));
        assertThat(sent).extracting(Request::longest).containsExactly(Duration.ofMinutes(10), Duration.ofSeconds(490));
    }

    @Test
    void textOfTheServerIsEscaped() {
        assertThatThrownBy(() -> send(
                        0.5,
                        Stream.generate(() -> new IOException("Invalid status line: \u001b[31m\n\u009b2J"))
                                .limit(100)
                                .toArray()))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("Invalid status line: \\u001b[31m\\u000a\\u009b2J");
        assertThat(causes).allSatisfy(cause -> assertThat(cause).doesNotContainPattern("\\p{Cntrl}"));
    }

    @Test
    void doesNotRetryIfTheCertificateIsNotTrusted() {
        IOException untrusted = new SSLHandshakeException("PKIX");
        untrusted.initCause(new CertificateException("unknown issuer"));
        assertThatThrownBy(() -> send(0.5, untrusted))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("check the TLS certificates");
    }

    @Test
    void sendsNothingAfterAStop() {
        stop.give();
        assertThatThrownBy(() -> send(0.5, answer(200))).isInstanceOf(StoppedException.class);
    }

    @Test
    void sendsTheRepetitionOfARequest() throws InterruptedException {
        Request plain = Request.of("PUT", REQUEST.uri(), 100);

        send(REQUEST.repeatedAs(plain), 0, new IOException("no route"), answer(503), answer(200));

        assertThat(sent.subList(1, 3)).extracting(Request::method).containsOnly("PUT");
        assertThat(sent.get(0).method()).isEqualTo("GET");
    }

    private Response send(double random, Object... script) throws InterruptedException {
        return send(REQUEST, random, script);
    }

    private Response send(Request first, double random, Object... script) throws InterruptedException {
        Deque<Object> outcomes = new ArrayDeque<>(List.of(script));
        return retries(random, request -> outcomes.remove()).send(first);
    }

    private Retries retries(double random, Function<Request, Object> server) {
        Transport transport = new Transport() {
            @Override
            public Response exchange(Request request) throws IOException {
                sent.add(request);
                Object outcome = server.apply(request);
                if (outcome instanceof IOException failure) {
                    throw failure;
                }
                return (Response) outcome;
            }

            @Override
            public void abort() {}

            @Override
            public void close() {}
        };
        return new Retries(
                transport,
                time,
                () -> random,
                Duration.ofMinutes(10),
                stop,
                (request, cause, pause) -> causes.add(cause));
    }

    private static Response answer(int status) {
        return new Response(status, Map.of(), new byte[0]);
    }

    private static Response answer(int status, String retryAfter) {
        return new Response(status, Map.of("retry-after", List.of(retryAfter)), new byte[0]);
    }
}
