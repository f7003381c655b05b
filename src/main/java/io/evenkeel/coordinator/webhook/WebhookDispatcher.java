package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends due deliveries, up to eight at once, so that a slow receiver does not delay the others. Runs on every
 * coordinator; only one of them sends a given delivery. Thread-safe.
 */
@Component
class WebhookDispatcher extends BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookDispatcher.class);
    private static final int SENDERS = 8;
    private static final Duration PRUNED_EVERY = Duration.ofMinutes(10);
    private static final int PRUNED_AT_ONCE = 1000;

    private final AtomicInteger busy = new AtomicInteger();
    private final Map<Delivery.State, Counter> attempts = new EnumMap<>(Delivery.State.class);
    private final DeliveryQueue queue;
    private final WebhookSender sender;
    private final Clock clock;
    private final FailureLog failures;
    private volatile int pending;
    private Instant prunedAt = Instant.EPOCH;

    WebhookDispatcher(
            DeliveryQueue queue,
            WebhookSender sender,
            WebhookSettings settings,
            MeterRegistry registry,
            Clock clock,
            FailureLog failures) {
        super("webhooks", settings.poll(), failures);
        this.queue = queue;
        this.sender = sender;
        this.clock = clock;
        this.failures = failures;
        count(registry, Delivery.State.DELIVERED, "delivered");
        count(registry, Delivery.State.PENDING, "failed");
        count(registry, Delivery.State.FAILED, "gave-up");
        Gauge.builder("evenkeel.webhook.pending", this, dispatcher -> dispatcher.pending)
                .baseUnit("deliveries")
                .description("Deliveries to webhooks in the database that wait for an attempt")
                .register(registry);
    }

    private void count(MeterRegistry registry, Delivery.State state, String outcome) {
        attempts.put(
                state,
                Counter.builder("evenkeel.webhook.attempts")
                        .description("Attempts to deliver to webhooks; a failed one is repeated later")
                        .tag("outcome", outcome)
                        .register(registry));
    }

    @Override
    protected void work() {
        boolean more = true;
        while (more && !isStopping()) {
            more = queue.plan();
        }
        int free = SENDERS - busy.get();
        List<Delivery.Taken> due = free > 0 && !isStopping() ? queue.take(free) : List.of();
        for (Delivery.Taken delivery : due) {
            busy.incrementAndGet();
            if (!execute(() -> send(delivery))) {
                busy.decrementAndGet();
            }
        }
        pending = queue.pending();
        prune();
    }

    private void send(Delivery.Taken delivery) {
        try {
            WebhookSender.Outcome outcome = sender.send(delivery);
            Delivery.State state = queue.end(delivery, outcome);
            Objects.requireNonNull(attempts.get(state)).increment();
            if (state == Delivery.State.FAILED) {
                LOG.warn(
                        "Delivery {} to a webhook failed {} times; giving up: {}",
                        delivery.id(),
                        delivery.attempt(),
                        outcome.error());
            }
        } catch (RuntimeException e) {
            failures.warn("The outcome of a delivery to a webhook could not be written; sending it again", e);
        } finally {
            busy.decrementAndGet();
        }
    }

    private void prune() {
        Instant now = clock.instant();
        if (now.isBefore(prunedAt.plus(PRUNED_EVERY))) {
            return;
        }
        prunedAt = now;
        repeatWithRests(() -> queue.prune(PRUNED_AT_ONCE) == PRUNED_AT_ONCE);
    }

    /** Returns one thread for {@link #work}, and the others for sending. */
    @Override
    protected int threads() {
        return SENDERS + 1;
    }

    /** Returns enough time for most attempts in progress; an unfinished attempt is repeated later. */
    @Override
    protected Duration stopTimeout() {
        return Duration.ofSeconds(5);
    }
}
