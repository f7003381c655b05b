package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.event.EventData;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.coordinator.run.LoggedEvent;
import io.evenkeel.coordinator.run.RunEventTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates the deliveries of new events, assigns them, and schedules retries. Every step is one transaction, and skips
 * rows that another coordinator has locked. So each webhook gets one delivery of an event, and only one coordinator at
 * a time sends it. Thread-safe.
 */
@Component
class DeliveryQueue {

    /** The maximum number of events or deliveries in a batch. */
    static final int BATCH = 100;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration MAX_PAUSE = Duration.ofHours(6);
    private static final int GROWTH = 4;
    private static final double JITTER = 0.25;

    /**
     * The time after which the coordinator that took a delivery is considered dead; longer than the maximum time of an
     * attempt.
     */
    private static final Duration CLAIM = Duration.ofMinutes(2);

    private final RunEventTable events;
    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final DurableTransactions transactions;
    private final WebhookSettings settings;
    private final JsonMapper json;
    private final Clock clock;
    private final TrustedTime time;

    DeliveryQueue(
            RunEventTable events,
            WebhookTable webhooks,
            DeliveryTable deliveries,
            DurableTransactions transactions,
            WebhookSettings settings,
            JsonMapper json,
            Clock clock,
            TrustedTime time) {
        this.events = events;
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.transactions = transactions;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
        this.time = time;
    }

    /**
     * The body of a delivery.
     *
     * @param type the type of the event
     * @param timestamp when the event happened
     * @param data the event's data, as in the stream of events
     */
    private record Body(String type, Instant timestamp, Object data) {}

    /** Creates the deliveries of at most {@link #BATCH} new events, and returns whether there may be more events. */
    boolean plan() {
        return transactions.write(() -> {
            List<LoggedEvent> found = events.takePending(BATCH);
            List<Webhook> all = found.isEmpty() ? List.of() : webhooks.list();
            for (LoggedEvent event : found) {
                String type = event.type().text();
                all.stream()
                        .filter(webhook -> webhook.wants(type, event.name()))
                        .forEach(webhook -> insert(
                                webhook,
                                "evt_" + event.run() + "_" + event.sequence(),
                                event.name(),
                                new Body(type, event.at(), EventData.of(event, null))));
            }
            return found.size() == BATCH;
        });
    }

    /** Creates a delivery without an event, to test a webhook. */
    Delivery ping(Webhook webhook, String id) {
        return transactions.write(() -> {
            String eventId = "evt_test_" + id;
            insert(webhook, eventId, null, new Body("test", now(), new PingData(webhook.id())));
            return deliveries.get(webhook.id(), eventId);
        });
    }

    private record PingData(String webhook) {}

    private void insert(Webhook webhook, String eventId, @Nullable String run, Body body) {
        deliveries.insert(webhook.id(), eventId, body.type(), run, json.writeValueAsString(body), now());
    }

    List<Delivery.Taken> take(int limit) {
        return transactions.write(() -> deliveries.take(limit, now(), CLAIM));
    }

    /** Writes the outcome of an attempt, and returns the delivery's new state. */
    Delivery.State end(Delivery.Taken attempt, WebhookSender.Outcome outcome) {
        Delivery.State state = outcome.isDelivered()
                ? Delivery.State.DELIVERED
                : attempt.attempt() < settings.attempts() ? Delivery.State.PENDING : Delivery.State.FAILED;
        Instant next =
                now().plus(pause(attempt.attempt(), ThreadLocalRandom.current().nextDouble()));
        transactions.write(() -> deliveries.end(attempt, state, next, outcome.status(), outcome.error()));
        return state;
    }

    /**
     * Returns the pause after a failed attempt: 5 s, 20 s, 80 s and so on up to 6 h, with a random change of up to a
     * quarter. Without this change, the deliveries to a receiver that was down would arrive all at once.
     *
     * @param attempt the number of the attempt, from 1
     * @param random uniform in [0, 1)
     */
    static Duration pause(int attempt, double random) {
        double seconds =
                Math.min((double) MAX_PAUSE.toSeconds(), FIRST_PAUSE.toSeconds() * Math.pow(GROWTH, attempt - 1.0));
        return Duration.ofMillis((long) (1000 * seconds * (1 - JITTER + 2 * JITTER * random)));
    }

    int pending() {
        return transactions.read(deliveries::pending);
    }

    /** Deletes old deliveries, up to a limit, and returns their number. */
    int prune(int limit) {
        return transactions.write(
                () -> deliveries.deleteBefore(time.forRetention().minus(settings.retention()), limit));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
