package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.JdkTransport;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import java.io.IOException;
import java.time.Duration;

/** A device's HTTP transport with a watcher around each exchange, which may end the device's thread there. */
public final class WatchedTransport implements Transport {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Transport link = new JdkTransport(CONNECT, SILENCE, null);
    private final Watcher watcher;

    public WatchedTransport(Watcher watcher) {
        this.watcher = watcher;
    }

    /** Exchanges a request for a response over a link. */
    @FunctionalInterface
    public interface Watcher {

        /** Exchanges the request as {@link Transport#exchange} does. */
        Response exchange(Transport link, Request request) throws IOException, InterruptedException;
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        return watcher.exchange(link, request);
    }

    @Override
    public void abort() {
        link.abort();
    }

    @Override
    public void close() {
        link.close();
    }
}
