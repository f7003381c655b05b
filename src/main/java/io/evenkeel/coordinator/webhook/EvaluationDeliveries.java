package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.evaluation.EvaluationEvent;
import io.evenkeel.coordinator.evaluation.EvaluationListener;
import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Creates the deliveries of evaluations' events with the events themselves, for webhooks of every run. Thread-safe. */
@Component
class EvaluationDeliveries implements EvaluationListener {

    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final JsonMapper json;

    EvaluationDeliveries(WebhookTable webhooks, DeliveryTable deliveries, JsonMapper json) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.json = json;
    }

    private record Body(String type, Instant timestamp, EvaluationEvent data) {}

    @Override
    public void happened(EvaluationEvent event) {
        String type = event.type().text();
        String body = json.writeValueAsString(new Body(type, event.at(), event));
        webhooks.list().stream()
                .filter(webhook -> webhook.wants(type, null))
                .forEach(webhook -> deliveries.insert(
                        webhook.id(),
                        "evt_evaluation_" + event.key() + "_" + type.substring(type.indexOf('.') + 1),
                        type,
                        null,
                        body,
                        event.at()));
    }
}
