package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.system.FiringAlerts.Alert;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Queries Prometheus for firing alerts, at most every ten seconds regardless of the number of readers. Limits the time
 * and the size of a response. Thread-safe.
 */
@Component
class PrometheusClient {

    private static final Duration KEPT = Duration.ofSeconds(10);
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int MAX_ALERTS = 100;
    private static final String OURS = "Evenkeel";

    private final PrometheusSettings settings;
    private final Clock clock;
    private final JsonMapper json;
    private final HttpClient http;
    private @Nullable FiringAlerts last;

    PrometheusClient(PrometheusSettings settings, Clock clock, JsonMapper json) {
        this.settings = settings;
        this.clock = clock;
        this.json = json;
        this.http = HttpClient.newBuilder().connectTimeout(settings.timeout()).build();
    }

    /** Returns the firing alerts; empty if no Prometheus is configured. */
    synchronized Optional<FiringAlerts> firing() {
        if (settings.url() == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (last == null || last.askedAt().plus(KEPT).isBefore(now)) {
            last = ask(settings.url(), now);
        }
        return Optional.of(last);
    }

    private FiringAlerts ask(URI prometheus, Instant now) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(prometheus.toString().replaceAll("/+$", "") + "/api/v1/alerts"))
                .header("Accept", "application/json")
                .timeout(settings.timeout())
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(request, head -> new BoundedBody(LARGEST_ANSWER));
        try {
            HttpResponse<byte[]> response = exchange.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                return failed(now, "it responded with status " + response.statusCode());
            }
            return new FiringAlerts(now, null, alerts(json.readTree(response.body())));
        } catch (TimeoutException e) {
            return failed(now, "it did not respond within " + settings.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return failed(
                    now,
                    cause instanceof IOException && cause.getMessage() != null
                            ? cause.getMessage()
                            : String.valueOf(cause));
        } catch (JacksonException e) {
            return failed(now, "its response is not JSON");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(now, "the query was interrupted");
        } finally {
            exchange.cancel(true);
        }
    }

    private static FiringAlerts failed(Instant now, String why) {
        return new FiringAlerts(now, "Prometheus does not report alerts: " + why, List.of());
    }

    private static List<Alert> alerts(JsonNode answer) {
        List<Alert> firing = new ArrayList<>();
        for (JsonNode alert : answer.path("data").path("alerts")) {
            String name = alert.path("labels").path("alertname").asString("");
            if (name.startsWith(OURS) && alert.path("state").asString("").equals("firing")) {
                firing.add(new Alert(
                        name,
                        text(alert.path("labels").path("severity")),
                        text(alert.path("labels").path("run")),
                        text(alert.path("annotations").path("summary")),
                        instant(alert.path("activeAt"))));
            }
        }
        firing.sort(Comparator.comparing(Alert::since, Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(Alert::name));
        return List.copyOf(firing.subList(0, Math.min(MAX_ALERTS, firing.size())));
    }

    private static @Nullable String text(JsonNode value) {
        return value.isString() ? value.asString() : null;
    }

    private static @Nullable Instant instant(JsonNode value) {
        try {
            return value.isString() ? Instant.parse(value.asString()) : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
