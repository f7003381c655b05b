package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.evaluation.EvaluationEvent;
import io.evenkeel.coordinator.evaluation.EvaluationListener;
import io.evenkeel.coordinator.rollout.RolloutEvent;
import io.evenkeel.coordinator.rollout.RolloutListener;
import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates the deliveries of roll-out and evaluation events, in the transaction of the event, for webhooks that are not
 * restricted to a run. Thread-safe.
 */
@Component
class EventDeliveries implements RolloutListener, EvaluationListener {

    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final JsonMapper json;

    EventDeliveries(WebhookTable webhooks, DeliveryTable deliveries, JsonMapper json) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.json = json;
    }

    private record Body(String type, Instant timestamp, Object data) {}

    @Override
    public void happened(RolloutEvent event) {
        String id = "evt_rollout_" + event.rollout() + "_" + event.sequence();
        insert(id, event.typeText(), event.at(), event);
    }

    @Override
    public void happened(EvaluationEvent event) {
        String type = event.type().text();
        String id = "evt_evaluation_" + event.key() + "_" + type.substring(type.indexOf('.') + 1);
        insert(id, type, event.at(), event);
    }

    private void insert(String id, String type, Instant at, Object data) {
        String body = json.writeValueAsString(new Body(type, at, data));
        webhooks.list().stream()
                .filter(webhook -> webhook.wants(type, null))
                .forEach(webhook -> deliveries.insert(webhook.id(), id, type, null, body, at));
    }
}
