package io.evenkeel.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** Sends malformed requests. Tomcat refuses most of them before any filter runs. */
@CoordinatorTest
class ContainerRefusalTest {

    private static final String HOST = "Host: x\r\nConnection: close\r\n";
    private static final String GET = "GET /api/v1/runs HTTP/1.1\r\n";
    private static final String POST = "POST /api/v1/enrolments HTTP/1.1\r\n";
    private static final int SEQUENCES = 500;
    private static final List<String> HEADERS = List.of("Accept", "If-None-Match", "Range", "Content-Type", "X-Other");
    private static final JsonMapper JSON = new JsonMapper();

    @LocalServerPort
    private int port;

    private record Answer(String statusLine, Map<String, String> headers, String body) {}

    static Stream<String> requests() {
        return Stream.of(
                // Paths.
                "GET /%2fapi HTTP/1.1\r\n" + HOST,
                "GET /a%00b HTTP/1.1\r\n" + HOST,
                "GET /a%5cb HTTP/1.1\r\n" + HOST,
                "GET /a\\b HTTP/1.1\r\n" + HOST,
                "GET /%zz HTTP/1.1\r\n" + HOST,
                "GET /%c3%28 HTTP/1.1\r\n" + HOST,
                "GET /../../etc HTTP/1.1\r\n" + HOST,
                "GET /actuator/%2e%2e/x HTTP/1.1\r\n" + HOST,
                "GET /a;x=1/b HTTP/1.1\r\n" + HOST,
                "GET //api HTTP/1.1\r\n" + HOST,
                "GET /a<b HTTP/1.1\r\n" + HOST,
                "GET /a b HTTP/1.1\r\n" + HOST,
                "GET /api/v1/sign-in;%f3% HTTP/1.1\r\n" + HOST,
                // Queries.
                "GET /api/v1/runs?x=%F0%9F HTTP/1.1\r\n" + HOST,
                "GET /?%ff HTTP/1.1\r\n" + HOST,
                "GET /openapi.json?x=%zz HTTP/1.1\r\n" + HOST,
                "GET /console/main.js?" + "a=b&".repeat(101) + " HTTP/1.1\r\n" + HOST,
                "GET http://other/api/v1/runs HTTP/1.1\r\n" + HOST,
                "GET http://x:y:z/ HTTP/1.1\r\n" + HOST,
                "GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + HOST,
                // Methods and versions.
                "G@T /api HTTP/1.1\r\n" + HOST,
                "FOO /api HTTP/1.1\r\n" + HOST,
                "TRACE /api/v1/runs HTTP/1.1\r\n" + HOST,
                "CONNECT x:80 HTTP/1.1\r\n" + HOST,
                "GET /api/v1/runs HTTP/3.0\r\n" + HOST,
                "GET /api/v1/runs HTTP/2.0\r\n" + HOST,
                "GET /api/v1/runs HTTP/1.2\r\n" + HOST,
                "GET /api/v1/runs FOO/1.1\r\n" + HOST,
                "GET\r\n",
                "nonsense\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n",
                // Headers.
                GET + "Host: a\r\n" + HOST,
                GET + "Connection: close\r\n",
                GET + "Host: a b<\r\nConnection: close\r\n",
                GET + "Bad Header: x\r\n" + HOST,
                GET + "NoColon\r\n" + HOST,
                GET + "X: a\u0000b\r\n" + HOST,
                GET + "X: " + "a".repeat(9000) + "\r\n" + HOST,
                GET + "A: b\r\n".repeat(150) + HOST,
                // Bodies.
                POST + "Content-Length: -1\r\n" + HOST,
                POST + "Content-Length: x\r\n" + HOST,
                POST + "Content-Length: 99999999999999999999\r\n" + HOST,
                POST + "Content-Length: 1\r\nContent-Length: 2\r\n" + HOST,
                POST + "Expect: magic\r\nContent-Length: 2\r\n" + HOST,
                POST + "Transfer-Encoding: magic\r\n" + HOST,
                POST + "Transfer-Encoding: gzip, chunked\r\n" + HOST,
                POST + "Transfer-Encoding: chunked, magic\r\n" + HOST,
                POST + "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n" + HOST + "\r\nzz");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void areProblemDocumentsWithTheSecurityHeaders(String request) throws IOException {
        Answer answer = send(request + "\r\n");

        assertThat(answer.statusLine()).matches("HTTP/1\\.1 40[05] ?");
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        Map<?, ?> problem = JSON.readValue(answer.body(), Map.class);
        assertThat(problem.get("type")).asString().matches("urn:evenkeel:problem:(malformed|method-not-allowed)");
        assertThat(answer.statusLine()).contains(" " + problem.get("status"));
        assertThat(problem.get("detail")).asString().isNotBlank();
        assertThat(problem.get("action")).asString().isNotBlank();
        assertThat(answer.body()).doesNotContainIgnoringCase("tomcat", "<html", "exception");
        assertThat(answer.headers()).containsAllEntriesOf(securityHeaders());
    }

    /**
     * Sends random bytes and escapes in each part of a request, to public and protected paths, with and without
     * credentials.
     */
    @Test
    void noByteSequenceIsAFailureOfTheCoordinator() throws IOException {
        Random random = new Random(5);
        List<String> paths = List.of("/", "/api/v1/runs", "/api/v1/clients", "/api/v1/sign-in", "/openapi.json");
        for (int i = 0; i < SEQUENCES; i++) {
            String path = paths.get(random.nextInt(paths.size()));
            String bytes = sequence(random);
            String query = bytes.replace(' ', '+');
            String credentials =
                    random.nextBoolean() ? "" : "Authorization: Bearer " + CoordinatorTest.OPERATOR_TOKEN + "\r\n";
            String request = switch (i % 5) {
                case 0 -> "GET " + path + query + " HTTP/1.1\r\n" + HOST + credentials;
                case 1 -> "GET " + path + "?" + query + " HTTP/1.1\r\n" + HOST + credentials;
                case 2 -> "GET " + path + "?select=" + query + " HTTP/1.1\r\n" + HOST + credentials;
                case 3 -> "GET " + path + " HTTP/1.1\r\nCookie: " + bytes + "\r\n" + HOST + credentials;
                default ->
                    "GET " + path + " HTTP/1.1\r\n" + HEADERS.get(random.nextInt(HEADERS.size())) + ": " + bytes
                            + "\r\n" + HOST + credentials;
            };
            String answer = answer(request + "\r\n");
            assertThat(answer).as("case %d: %s", i, request).matches("(?s)HTTP/1\\.1 [234]..*");
            if (answer.startsWith("HTTP/1.1 4")) {
                assertThat(answer)
                        .as("case %d: %s", i, request)
                        .contains("application/problem+json", "urn:evenkeel:problem:");
            }
        }
    }

    private static String sequence(Random random) {
        StringBuilder sequence = new StringBuilder();
        int length = 1 + random.nextInt(12);
        for (int i = 0; i < length; i++) {
            char any = (char) (1 + random.nextInt(255));
            switch (random.nextInt(4)) {
                case 0 -> sequence.append(any == '\r' || any == '\n' ? '\t' : any);
                case 1 -> sequence.append("%%%02x".formatted(random.nextInt(256)));
                case 2 -> sequence.append("%/;=&,!()".charAt(random.nextInt(9)));
                default -> sequence.append((char) ('a' + random.nextInt(26)));
            }
        }
        return sequence.toString();
    }

    @Test
    void reportWhatIsNotImplemented() throws IOException {
        assertThat(send("GET / HTTP/3.0\r\n" + HOST + "\r\n").body()).contains("HTTP/1.1");
        assertThat(send(POST + "Expect: magic\r\n" + HOST + "\r\n").body()).contains("100-continue");
        assertThat(send(POST + "Transfer-Encoding: magic\r\n" + HOST + "\r\n").body())
                .contains("Transfer-Encoding");
    }

    /** Returns the headers of a refusal by the application, without those that differ between responses. */
    private Map<String, String> securityHeaders() throws IOException {
        Map<String, String> headers = new TreeMap<>(send(GET + HOST + "\r\n").headers());
        headers.keySet()
                .removeAll(Stream.of(
                                "content-length", "transfer-encoding", "date", "www-authenticate", "connection", "vary")
                        .toList());
        assertThat(headers)
                .containsKeys(
                        "cache-control",
                        "content-security-policy",
                        "cross-origin-resource-policy",
                        "referrer-policy",
                        "x-content-type-options",
                        "x-frame-options");
        return headers;
    }

    private Answer send(String request) throws IOException {
        String[] parts = answer(request).split("\r\n\r\n", 2);
        List<String> lines = parts[0].lines().toList();
        Map<String, String> headers = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] header = line.split(": ", 2);
            headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
        }
        return new Answer(lines.get(0), headers, json(parts[1]));
    }

    private String answer(String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Removes the chunk lengths. */
    private static String json(String body) {
        return body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1);
    }
}
