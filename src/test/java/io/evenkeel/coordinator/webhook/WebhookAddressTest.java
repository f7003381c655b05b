package io.evenkeel.coordinator.webhook;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@CoordinatorTest
class WebhookAddressTest {

    @Autowired
    private Api api;

    @Test
    void refusesLiteralAddressesThatAreNotPublic() {
        Http operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        for (String host : List.of("127.0.0.1", "169.254.169.254", "[::1]", "10.1.2.3", "2130706433")) {
            Reply refused = operator.postJson("/webhooks", "{\"url\":\"http://" + host + "/\"}");
            assertThat(refused.problem()).as(host).isEqualTo("invalid");
            assertThat(refused.text()).contains("allow-private-addresses");
        }
    }

    @Test
    void doesNotConnectToANameWhoseAddressIsNotPublic() throws IOException {
        Http operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        try (Receiver receiver = new Receiver()) {
            Reply webhook = operator.postJson("/webhooks", "{\"url\":\"" + receiver.url() + "\"}");
            assertThat(webhook.status()).isEqualTo(201);
            String path = "/webhooks/" + webhook.get("id");
            operator.post(path + "/test");
            eventually().until(() -> error(operator, path).contains("loopback"));
            assertThat(receiver.received).isEmpty();
            operator.delete(path);
        }
    }

    private static String error(Http operator, String path) {
        List<Map<String, Object>> all = operator.get(path + "/deliveries").jsonList();
        return String.valueOf(all.get(0).get("error"));
    }
}
