package io.evenkeel.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorApiTest {

    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private OperatorApi operator() {
        return new OperatorApi(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), "secret-token");
    }

    private void answer(int status, String body) {
        server.createContext("/api/v1/", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @Test
    void reportsWhatTheCoordinatorRefusedAndWhatToDo() {
        answer(409, "{\"title\":\"Name taken\",\"detail\":\"there is a run 'demo'\",\"action\":\"choose another\"}");
        assertThatThrownBy(() -> operator().start("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessage("Name taken: there is a run 'demo'; choose another")
                .message()
                .doesNotContain("secret-token");
    }

    @Test
    void quotesAResponseThatIsNotAProblemDocument() {
        answer(502, "Bad gateway");
        assertThatThrownBy(() -> operator().status("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessage(
                        "GET /api/v1/runs/demo was answered 502: Bad gateway; check that the address is a coordinator's");
    }

    @Test
    void recognizesAServerThatIsNotACoordinator() {
        answer(200, "<html>");
        assertThatThrownBy(() -> operator().status("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessageEndingWith("did not respond with JSON: is it a coordinator?");
    }

    @Test
    void reportsThatNoServerAnswers() {
        OperatorApi operator = operator();
        server.stop(0);
        assertThatThrownBy(() -> operator.status("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("check the address, and that the coordinator is running");
    }

    @Test
    void refusesAnAddressWithTheApisPath() {
        URI address = URI.create("http://127.0.0.1:8080/api/v1/");
        assertThatThrownBy(() -> new OperatorApi(address, "secret-token"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("leave out /api/v1");
    }

    @Test
    void fetchesTheRecordsOfAllRoundsPageByPage() {
        int closed = 1003;
        server.createContext("/api/v1/runs/demo/rounds", exchange -> {
            int from = Integer.parseInt(exchange.getRequestURI().getQuery().replaceAll(".*from=(\\d+).*", "$1"));
            String records = IntStream.range(from, Math.min(closed, from + 1000))
                    .mapToObj(round -> "{\"round\":" + round + ",\"openedAt\":\"2030-01-01T00:00:00Z\","
                            + "\"closedAt\":\"2030-01-01T00:00:02.5Z\",\"participants\":3,\"uplinkBytes\":10,"
                            + "\"metrics\":{\"accuracy\":0.5}}")
                    .collect(Collectors.joining(",", "[", "]"));
            byte[] bytes = records.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        List<RoundFigures> rounds = operator().allRounds("demo");
        assertThat(rounds)
                .extracting(RoundFigures::round)
                .containsExactlyElementsOf(IntStream.range(0, closed).boxed().toList());
        assertThat(rounds.get(1002).seconds()).isEqualTo(2.5);
        assertThat(rounds.get(1002).metrics()).isEqualTo(Map.of("accuracy", 0.5));
        assertThat(rounds.get(1002).loss()).as("reported by nobody").isNaN();
    }

    @Test
    void separatesARunsDefinitionFromItsStatus() {
        answer(
                200,
                "{\"name\":\"demo\",\"compressor\":\"top-k:2\",\"participants\":{\"min\":2},\"state\":\"running\","
                        + "\"round\":4,\"createdAt\":\"2030-01-01T00:00:00Z\",\"stopReason\":\"time\","
                        + "\"expectedEnd\":\"2030-01-02T00:00:00Z\",\"lost\":{\"messages\":1}}");
        RunDetails details = operator().details("demo");
        assertThat(details.definition()).isEqualTo(Map.of("compressor", "top-k:2", "participants", Map.of("min", 2)));
        assertThat(details.status().state()).isEqualTo("running");
        assertThat(details.status().round()).isEqualTo(4);
    }
}
