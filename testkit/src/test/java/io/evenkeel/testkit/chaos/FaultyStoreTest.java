package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.testkit.chaos.proxy.StoreTrouble;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultyStoreTest {

    private final List<String> happened = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private FaultyStore store;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            happened.add("stored " + exchange.getRequestURI());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        store = FaultyStore.open(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
        happened.clear();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        server.stop(0);
    }

    private int put(String name) throws IOException {
        String endpoint = store.arguments().stream()
                .filter(argument -> argument.contains("endpoint="))
                .map(argument -> argument.substring(argument.indexOf("http")))
                .findFirst()
                .orElseThrow();
        HttpURLConnection request =
                (HttpURLConnection) URI.create(endpoint + "/" + name).toURL().openConnection();
        request.setRequestMethod("PUT");
        request.setRequestProperty("Connection", "close");
        request.setDoOutput(true);
        request.getOutputStream().write(new byte[100]);
        return request.getResponseCode();
    }

    @ParameterizedTest
    @CsvSource({"NONE, 200", "SLOW, 200", "BUSY, 503", "FULL, 507"})
    void answersAccordingToItsFault(StoreTrouble trouble, int status) throws IOException {
        store.suffer(trouble);
        assertThat(put("a")).isEqualTo(status);
        assertThat(happened).hasSize(status == 200 ? 1 : 0);
        assertThat(store.counts().containsKey(trouble)).isEqualTo(trouble != StoreTrouble.NONE);
    }

    @Test
    void doesNotAnswerWhileUnreachableAndContinuesAfterwards() throws IOException {
        store.suffer(StoreTrouble.AWAY);
        assertThatThrownBy(() -> put("a")).isInstanceOf(IOException.class);
        store.suffer(StoreTrouble.NONE);
        assertThat(put("b")).isEqualTo(200);
        assertThat(happened).containsExactly("stored /b");
    }

    @Test
    void strikesWhenAnObjectIsStoredAndItsWriterDoesNotKnow() throws Exception {
        CompletableFuture<Boolean> striking = new CompletableFuture<>();
        Thread striker = new Thread(() -> {
            try {
                striking.complete(store.strikeAfterPut(() -> happened.add("struck"), Duration.ofMinutes(1)));
            } catch (InterruptedException e) {
                striking.completeExceptionally(e);
            }
        });
        striker.start();
        while (!happened.contains("struck")) {
            assertThat(put("a")).isEqualTo(200);
            happened.add("answered");
        }
        assertThat(striking.get()).isTrue();
        int struck = happened.indexOf("struck");
        assertThat(happened.subList(struck - 1, struck + 2)).containsExactly("stored /a", "struck", "answered");
    }

    @Test
    void doesNotStrikeIfNothingIsStored() throws InterruptedException {
        assertThat(store.strikeAfterPut(() -> happened.add("struck"), Duration.ofMillis(1)))
                .isFalse();
        assertThat(happened).isEmpty();
    }
}
