package io.evenkeel.operator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.operator.terminal.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
    void saysWhatTheCoordinatorRefusedAndWhatToDo() {
        answer(409, "{\"title\":\"Name taken\",\"detail\":\"there is a run 'demo'\",\"action\":\"choose another\"}");
        assertThatThrownBy(() -> operator().start("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessage("POST /runs/demo/start was answered 409; Name taken; there is a run 'demo'; choose another")
                .message()
                .doesNotContain("secret-token");
    }

    @Test
    void quotesAnAnswerThatIsNoProblemDocument() {
        answer(502, "Bad gateway");
        assertThatThrownBy(() -> operator().status("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessage("GET /runs/demo was answered 502; Bad gateway");
    }

    @Test
    void tellsAnotherServerFromACoordinator() {
        answer(200, "<html>");
        assertThatThrownBy(() -> operator().status("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessageEndingWith("did not answer with JSON: is it a coordinator?");
    }

    @Test
    void saysThatNobodyAnswers() {
        OperatorApi operator = operator();
        server.stop(0);
        assertThatThrownBy(() -> operator.status("demo"))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("check the address and that the coordinator runs");
    }

    @Test
    void refusesAnAddressThatHasTheApisPathAlready() {
        URI address = URI.create("http://127.0.0.1:8080/api/v1/");
        assertThatThrownBy(() -> new OperatorApi(address, "secret-token"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("leave out /api/v1");
    }
}
