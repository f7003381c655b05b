package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    @Test
    void sayWhatIsNotImplemented() throws IOException {
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
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String[] parts = answer.split("\r\n\r\n", 2);
            List<String> lines = parts[0].lines().toList();
            Map<String, String> headers = new TreeMap<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] header = line.split(": ", 2);
                headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
            }
            return new Answer(lines.get(0), headers, json(parts[1]));
        }
    }

    /** Removes the lengths of chunks. */
    private static String json(String body) {
        return body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1);
    }
}
