package io.evenkeel.coordinator.webhook;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.evaluation.EvaluationEventType;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.rollout.RolloutEventType;
import io.evenkeel.engine.run.RunEventType;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates, lists, tests and deletes webhooks. Thread-safe. */
@Component
class Webhooks {

    private static final int MAX_URL_LENGTH = 2000;
    private static final int HIGHEST_PORT = 65_535;

    private final WebhookTable table;
    private final DeliveryTable deliveries;
    private final DeliveryQueue queue;
    private final AddressRule addresses;
    private final WebhookSettings settings;
    private final DurableTransactions transactions;
    private final Clock clock;

    Webhooks(
            WebhookTable table,
            DeliveryTable deliveries,
            DeliveryQueue queue,
            AddressRule addresses,
            WebhookSettings settings,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.deliveries = deliveries;
        this.queue = queue;
        this.addresses = addresses;
        this.settings = settings;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * A new webhook, with its secret.
     *
     * @param webhook its stored properties
     * @param secret the secret that signs its deliveries, which is shown once
     */
    @Schema(name = "WebhookCreated")
    record Created(@JsonUnwrapped Webhook webhook, String secret) {

        /** Returns the id without the secret. */
        @Override
        public String toString() {
            return "Created[" + webhook.id() + "]";
        }
    }

    /**
     * Creates a webhook for events from now on.
     *
     * @throws ProblemException {@code invalid} with the invalid field, {@code conflict} if there are too many webhooks
     */
    Created create(String url, @Nullable String description, List<String> events, @Nullable String run, String by) {
        requireUrl(url);
        events.forEach(Webhooks::requireType);
        Webhook webhook = new Webhook(
                Credential.newId(),
                url,
                description,
                events.stream().distinct().toList(),
                run,
                by,
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
        String secret = WebhookSignature.newSecret();
        transactions.write(() -> {
            if (table.list().size() >= settings.maximum()) {
                throw ProblemKind.CONFLICT.because(
                        "there are " + settings.maximum() + " webhooks, which is the limit evenkeel.webhooks.maximum",
                        "delete webhooks that are no longer used, or raise the setting");
            }
            table.insert(webhook, secret);
        });
        return new Created(webhook, secret);
    }

    List<Webhook> list() {
        return transactions.read(table::list);
    }

    Webhook get(String id) {
        return transactions.read(() -> table.get(id));
    }

    void delete(String id) {
        transactions.write(() -> table.delete(id));
    }

    /** Creates a delivery of type {@code test}. */
    Delivery test(String id) {
        return queue.ping(get(id), Credential.newId());
    }

    List<Delivery> deliveries(String id, @Nullable Long before, Delivery.@Nullable State state, int limit) {
        return transactions.read(
                () -> deliveries.newest(table.get(id).id(), before == null ? Long.MAX_VALUE : before, state, limit));
    }

    Delivery delivery(String id, String delivery) {
        return transactions.read(() -> deliveries.get(table.get(id).id(), delivery));
    }

    /** Schedules a delivery to be sent again now, regardless of its earlier outcome. */
    Delivery redeliver(String id, long delivery) {
        return transactions.write(() -> deliveries.retry(table.get(id).id(), delivery, clock.instant()));
    }

    private void requireUrl(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw invalidUrl("is not a URL: " + e.getReason());
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (text.length() > MAX_URL_LENGTH) {
            throw invalidUrl("has " + text.length() + " characters, expected at most " + MAX_URL_LENGTH);
        }
        if (!(scheme.equals("https") || scheme.equals("http"))
                || url.getHost() == null
                || url.getPort() > HIGHEST_PORT) {
            throw invalidUrl("is not an http or https URL with a host");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw invalidUrl("has a user or a fragment, expected none");
        }
        addresses.faultOfLiteral(url.getHost()).ifPresent(fault -> {
            throw invalidUrl("has an address that is " + fault
                    + ", which evenkeel.webhooks.allow-private-addresses=true would allow");
        });
    }

    private static ProblemException invalidUrl(String what) {
        return invalid("url", "url " + what, "send a public address, such as https://example.org/hooks/evenkeel");
    }

    private static void requireType(String event) {
        boolean ofRuns =
                RunEventType.named(event).filter(RunEventType::isForWebhooks).isPresent();
        boolean ofOthers = RolloutEventType.named(event).isPresent()
                || EvaluationEventType.named(event).isPresent();
        if (!ofRuns && !ofOthers) {
            String known = Stream.of(
                            Arrays.stream(RunEventType.values())
                                    .filter(RunEventType::isForWebhooks)
                                    .map(RunEventType::text),
                            Arrays.stream(RolloutEventType.values()).map(RolloutEventType::text),
                            Arrays.stream(EvaluationEventType.values()).map(EvaluationEventType::text))
                    .flatMap(types -> types)
                    .collect(Collectors.joining(", "));
            throw invalid(
                    "events",
                    "events has an entry that is not a type for webhooks",
                    "use some of " + known + ", or leave it out for all");
        }
    }

    private static ProblemException invalid(String field, String detail, String action) {
        return ProblemKind.INVALID.because(detail, action).with("field", field);
    }
}
