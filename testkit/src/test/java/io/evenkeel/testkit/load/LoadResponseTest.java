package io.evenkeel.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadResponseTest {

    private static final String HEAD =
            "HTTP/1.1 503 \r\nContent-Type: application/problem+json\r\nretry-after: 2\r\nContent-Length: 60\r\n\r\n";

    @Test
    void parsesTheFieldsThatADeviceNeeds() {
        LoadResponse answer =
                new LoadResponse(HEAD + "{\"type\":\"urn:evenkeel:problem:busy\",\"round\":17}", HEAD.length(), true);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.retryAfterSeconds()).isEqualTo(2);
        assertThat(answer.text("type")).isEqualTo("urn:evenkeel:problem:busy");
        assertThat(answer.number("round")).isEqualTo(17);
    }

    @Test
    void returnsDefaultsForMissingFields() {
        LoadResponse answer = new LoadResponse("HTTP/1.1 204 \r\n\r\n", 17, true);
        assertThat(answer.retryAfterSeconds()).isZero();
        assertThat(answer.text("type")).isEmpty();
    }

    @Test
    void parsesASecondLine() {
        String head = "HTTP/1.1 201 \r\nContent-Type: application/x-ndjson\r\n\r\n";
        String receipt = "{\"round\":3,\"head\":\"0a\"}\n";
        assertThat(new LoadResponse(head + receipt, head.length(), false).isWhole())
                .isFalse();

        LoadResponse answer = new LoadResponse(
                head + receipt + "\r\n1c\r\n{\"state\":\"running\",\"round\":4}\n", head.length(), true);
        assertThat(answer.number("round")).isEqualTo(3);
        assertThat(answer.secondLine().number("round")).isEqualTo(4);
        assertThat(answer.secondLine().has("state")).isTrue();
        assertThat(new LoadResponse(head + receipt, head.length(), true)
                        .secondLine()
                        .has("state"))
                .isFalse();
    }
}
