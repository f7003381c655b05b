package io.evenkeel.testkit.chaos.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HttpTextTest {

    private static InputStream wire(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static HttpText read(InputStream in) throws IOException {
        return Objects.requireNonNull(HttpText.read(in));
    }

    @Test
    void readsConsecutiveRequestsAndKeepsTheirBytes() throws IOException {
        String first =
                "PUT /api/v1/runs/r/rounds/0/messages/me HTTP/1.1\r\nAuthorization: Bearer x\r\nContent-Length: 3\r\n\r\nabc";
        String second = "GET / HTTP/1.1\r\n\r\n";
        InputStream in = wire(first + second);

        HttpText message = read(in);
        assertThat(message.raw()).asString(StandardCharsets.ISO_8859_1).isEqualTo(first);
        assertThat(message.body()).asString(StandardCharsets.ISO_8859_1).isEqualTo("abc");
        assertThat(message.header("authorization")).isEqualTo("Bearer x");
        assertThat(message.isMessage()).isTrue();
        assertThat(read(in).isMessage()).isFalse();
        assertThat(HttpText.read(in)).isNull();
    }

    @Test
    void joinsChunks() throws IOException {
        String wire = "HTTP/1.1 201 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";

        HttpText answer = read(wire(wire));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body()).asString(StandardCharsets.ISO_8859_1).isEqualTo("abc0123456789");
        assertThat(answer.raw()).asString(StandardCharsets.ISO_8859_1).isEqualTo(wire);
    }

    @Test
    void distinguishesAnEndInTheMiddleFromAnEnd() {
        assertThatThrownBy(() -> HttpText.read(wire("GET / HT"))).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> HttpText.read(wire("PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab")))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void readsTheFirstLineAndPassesOnTheRest() throws IOException {
        String head = "HTTP/1.1 201 \r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-ndjson\r\n\r\n";
        String first = head + "2\r\nab\r\n2\r\nc\n\r\n";
        String rest = "3\r\nde\n\r\n0\r\n\r\n";
        InputStream in = wire(first + rest);

        HttpText answer = Objects.requireNonNull(HttpText.readFirstLine(in));
        assertThat(answer.raw()).asString(StandardCharsets.ISO_8859_1).isEqualTo(first);
        assertThat(answer.body()).asString(StandardCharsets.ISO_8859_1).isEqualTo("abc\n");
        assertThat(answer.isWhole()).isFalse();
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        HttpText.passRest(in, passed);
        assertThat(passed.toString(StandardCharsets.ISO_8859_1)).isEqualTo(rest);
        assertThat(read(wire(first + rest)).isWhole()).isTrue();
    }
}
