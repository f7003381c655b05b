package io.evenkeel.coordinator.webhook;

import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Posts a delivery once. Does not follow redirects, use a proxy or keep cookies, and reads only the head of the
 * response. Each attempt uses a new connection, so the address is checked again. Thread-safe.
 */
@Component
class WebhookSender {

    private static final int MAX_CONNECTIONS = 64;

    private final CloseableHttpClient http;
    private final Clock clock;
    private final Executor deadline;
    private final Duration timeout;

    WebhookSender(AddressRule addresses, WebhookSettings settings, Clock clock) {
        this.clock = clock;
        this.timeout = settings.timeout();
        this.deadline = CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        this.http = client(addresses, Timeout.of(timeout));
    }

    private static CloseableHttpClient client(AddressRule addresses, Timeout timeout) {
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(addresses)
                        .setMaxConnTotal(MAX_CONNECTIONS)
                        .setMaxConnPerRoute(MAX_CONNECTIONS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(timeout)
                                .setSocketTimeout(timeout)
                                .build())
                        .setDefaultSocketConfig(
                                SocketConfig.custom().setSoTimeout(timeout).build())
                        .build())
                .setRoutePlanner(new DefaultRoutePlanner(null))
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(timeout)
                        .setConnectionRequestTimeout(timeout)
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("Evenkeel")
                .build();
    }

    /**
     * The outcome of an attempt.
     *
     * @param status the HTTP status, null if there was no response
     * @param error why the attempt failed, null if it did not
     */
    record Outcome(@Nullable Integer status, @Nullable String error) {

        boolean isDelivered() {
            return error == null;
        }
    }

    /** Sends a delivery; 2xx within the timeout is a success. */
    Outcome send(Delivery.Taken delivery) {
        HttpPost request = request(delivery);
        deadline.execute(request::cancel);
        try {
            int status = status(request);
            return new Outcome(
                    status,
                    status / 100 == 2 ? null : "the receiver responded with " + status + ", expected 200 to 299");
        } catch (AddressRule.ForbiddenAddressException e) {
            return new Outcome(null, e.getMessage());
        } catch (IOException e) {
            return new Outcome(
                    null,
                    request.isCancelled()
                            ? "no response within " + timeout.toMillis() / 1000.0 + " s"
                            : e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private int status(HttpPost request) throws IOException {
        ClassicHttpResponse response = http.executeOpen(null, request, null);
        int status = response.getCode();
        // Aborts the connection, because closing the response would first read its body, which may be endless.
        request.cancel();
        return status;
    }

    private HttpPost request(Delivery.Taken delivery) {
        HttpPost request = new HttpPost(delivery.url());
        long seconds = clock.instant().getEpochSecond();
        request.setHeader("webhook-id", delivery.eventId());
        request.setHeader("webhook-timestamp", Long.toString(seconds));
        request.setHeader(
                "webhook-signature",
                WebhookSignature.of(delivery.secret(), delivery.eventId(), seconds, delivery.payload()));
        request.setEntity(
                new StringEntity(delivery.payload(), ContentType.APPLICATION_JSON.withCharset(StandardCharsets.UTF_8)));
        return request;
    }

    @PreDestroy
    void close() throws IOException {
        http.close();
    }
}
