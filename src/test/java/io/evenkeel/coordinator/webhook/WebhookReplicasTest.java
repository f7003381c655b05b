package io.evenkeel.coordinator.webhook;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Two coordinators on one database that send the same webhook's deliveries. */
@OnlyInCi
class WebhookReplicasTest {

    private final String url = Postgres.shared().newDatabase();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

    private SharedCoordinator replica() {
        return SharedCoordinator.start(
                url, "evenkeel.webhooks.allow-private-addresses=true", "evenkeel.webhooks.poll=5ms");
    }

    private Scene scene(SharedCoordinator coordinator, Receiver receiver) {
        Scene scene = new Scene(coordinator.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1);
        scene.operator.postJson("/webhooks", "{\"url\":\"" + receiver.url() + "\"}");
        return scene;
    }

    private int delivered() {
        return jdbc.queryForList("SELECT id FROM webhook_delivery WHERE state = 'DELIVERED'")
                .size();
    }

    @Test
    void oneOfThemSendsEachDelivery() throws IOException {
        SharedCoordinator first = replica();
        SharedCoordinator second = replica();
        try (Receiver receiver = new Receiver()) {
            Scene scene = scene(first, receiver).start();
            int times = 20;
            for (int i = 0; i < times; i++) {
                scene.act("pause").act("resume");
            }
            scene.act("cancel");
            eventually().until(() -> delivered() == 2 * times + 2);
            assertThat(receiver.received).hasSize(2 * times + 2);
            assertThat(receiver.received.stream().map(Receiver.Received::id).distinct())
                    .hasSize(2 * times + 2);
        } finally {
            first.stop();
            second.stop();
        }
    }

    @Test
    void anotherReplicaSendsTheDeliveriesOfOneThatDied() throws IOException {
        SharedCoordinator first = replica();
        AtomicInteger requests = new AtomicInteger();
        try (Receiver receiver = new Receiver()) {
            receiver.answerBy(exchange -> requests.incrementAndGet() == 1);
            scene(first, receiver).start();
            eventually().until(() -> requests.get() == 1);
            first.kill();
            SharedCoordinator second = replica();
            try {
                // Simulates the end of the two minutes after which the first coordinator counts as dead.
                jdbc.update("UPDATE webhook_delivery SET next_attempt_at = attempted_at");
                eventually().until(() -> delivered() == 1);
                assertThat(receiver.received).hasSize(2);
                assertThat(receiver.received.stream().map(Receiver.Received::id).distinct())
                        .hasSize(1);
            } finally {
                second.stop();
            }
        }
    }
}
