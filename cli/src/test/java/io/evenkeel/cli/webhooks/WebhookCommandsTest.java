package io.evenkeel.cli.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookCommandsTest extends StubFixture {

    private static final String WEBHOOK = "{\"id\": \"abc\", \"url\": \"https://example.org/hook\","
            + " \"events\": [\"run.failed\"], \"createdBy\": \"alice\", \"createdAt\": \"2026-01-31T11:00:00Z\"}";

    @Test
    void onlyTheSecretIsOnStandardOutput() {
        coordinator.on("POST /webhooks", "{\"id\": \"abc\", \"secret\": \"whsec_x\"}");

        assertThat(cli.run(
                        "webhooks",
                        "create",
                        "https://example.org/hook",
                        "--events",
                        "run.failed,run.diverged",
                        "--run",
                        "digits"))
                .isZero();
        assertThat(cli.out()).isEqualTo("whsec_x\n");
        assertThat(cli.err()).contains("webhook abc, its secret is shown only once");
        assertThat(coordinator.requests().get(0).body())
                .isEqualTo("{\"url\":\"https://example.org/hook\",\"events\":[\"run.failed\",\"run.diverged\"],"
                        + "\"run\":\"digits\"}");
    }

    @Test
    void listsAndShowsWebhooks() {
        coordinator.on("GET /webhooks", "[" + WEBHOOK + "]").on("GET /webhooks/abc", WEBHOOK);

        assertThat(cli.run("webhooks", "list")).isZero();
        assertThat(cli.out()).containsPattern("abc +https://example.org/hook +run.failed +any +60m");
        assertThat(cli.run("webhooks", "show", "abc")).isZero();
        assertThat(cli.out()).contains("https://example.org/hook", "alice");
    }

    @Test
    void showsDeliveriesAndSendsThemAgain() {
        coordinator
                .on("GET /webhooks/abc/deliveries?state=failed&limit=50", """
                    [{"id": 7, "type": "run.failed", "run": "digits", "state": "failed", "attempts": 10, "status": 500,
                      "createdAt": "2026-01-31T11:00:00Z", "error": "the receiver responded with 500"}]\
                    """)
                .on("POST /webhooks/abc/test", "{\"id\": 8}")
                .on("POST /webhooks/abc/deliveries/7/redeliver", "{\"id\": 7}");

        assertThat(cli.run("webhooks", "deliveries", "abc", "--state", "failed"))
                .isZero();
        assertThat(cli.out()).containsPattern("7 +run.failed +digits +failed +10 +500 +60m");
        assertThat(cli.run("webhooks", "test", "abc")).isZero();
        assertThat(cli.out()).contains("delivery 8 is on its way");
        assertThat(cli.run("webhooks", "redeliver", "abc", "7")).isZero();
        assertThat(cli.out()).contains("delivery 7 is sent again");
    }

    @Test
    void deletesAWebhookAfterConfirmation() {
        coordinator.on("DELETE /webhooks/abc", 204, "", Map.of());

        assertThat(cli.run("webhooks", "delete", "abc")).isEqualTo(2);
        assertThat(coordinator.requests()).isEmpty();
        assertThat(cli.run("webhooks", "delete", "abc", "--yes")).isZero();
        assertThat(cli.out()).isEqualTo("webhook abc is deleted\n");
    }
}
