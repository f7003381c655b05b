package io.evenkeel.coordinator.relay;

import io.evenkeel.client.JdkTransport;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import java.io.IOException;
import java.time.Duration;

/**
 * Sends a relay's requests with the SDK's default transport, and records requests and responses in the
 * {@link RelayLink}. Thread-safe.
 */
final class MeteredTransport implements Transport {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Transport transport = new JdkTransport(CONNECT_TIMEOUT, SILENCE, null);
    private final RelayLink link;

    MeteredTransport(RelayLink link) {
        this.link = link;
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        byte[] body = request.body();
        link.sent(body == null ? 0 : body.length);
        Response response = transport.exchange(request);
        link.received(response);
        return response;
    }

    @Override
    public void abort() {
        transport.abort();
    }

    @Override
    public void close() {
        transport.close();
    }
}
