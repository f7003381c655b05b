package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.rollout.RolloutEvent;
import io.evenkeel.coordinator.rollout.RolloutListener;
import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Creates the deliveries of roll-outs' events with the events themselves, for webhooks of every run. Thread-safe. */
@Component
class RolloutDeliveries implements RolloutListener {

    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final JsonMapper json;

    RolloutDeliveries(WebhookTable webhooks, DeliveryTable deliveries, JsonMapper json) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.json = json;
    }

    private record Body(String type, Instant timestamp, RolloutEvent data) {}

    @Override
    public void happened(RolloutEvent event) {
        String type = event.typeText();
        String body = json.writeValueAsString(new Body(type, event.at(), event));
        webhooks.list().stream()
                .filter(webhook -> webhook.wants(type, null))
                .forEach(webhook -> deliveries.insert(
                        webhook.id(),
                        "evt_rollout_" + event.rollout() + "_" + event.sequence(),
                        type,
                        null,
                        body,
                        event.at()));
    }
}
