package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.AsyncContext;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endpoint that reads a connection's next request on the thread that wrote the response, rather than on a
 * thread of the container. Refuses connections beyond the limit of an address, and closes connections whose
 * TLS handshake takes too long.
 */
final class ResponseWriterEndpoint extends NioEndpoint {

    private static final Executor SAME_THREAD = Runnable::run;
    private static final ThreadLocal<Boolean> WRITING = ThreadLocal.withInitial(() -> false);

    private static final Logger LOG = LoggerFactory.getLogger(ResponseWriterEndpoint.class);
    private static final long WARNED_EVERY_NANOS = 60_000_000_000L;

    private final OpenConnections open = new OpenConnections();
    private volatile int perAddress;
    private volatile long handshakeNanos = Long.MAX_VALUE;
    private long warnedAt = System.nanoTime() - WARNED_EVERY_NANOS;

    ResponseWriterEndpoint() {
        // Tomcat adds each connection here when it is accepted, and removes it when it is closed.
        connections = new CountedConnections(open);
    }

    /** Sets the limits as {@link HttpProtocol#limitConnections} does. */
    void limitConnections(int most, Duration handshakeTimeout) {
        perAddress = most;
        handshakeNanos = handshakeTimeout.toNanos();
    }

    /** Ends a request whose response has been written. */
    static void complete(AsyncContext async) {
        WRITING.set(true);
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // The container has already ended the request after a timeout.
            return;
        } finally {
            WRITING.set(false);
        }
    }

    @Override
    public @Nullable Executor getExecutor() {
        return WRITING.get() ? SAME_THREAD : super.getExecutor();
    }

    /** Called by the single thread that accepts connections. */
    @Override
    protected boolean setSocketOptions(SocketChannel connection) {
        if (perAddress > 0 && open.of(addressOf(connection)) >= perAddress) {
            warn(addressOf(connection));
            destroySocket(connection);
            return false;
        }
        return super.setSocketOptions(connection);
    }

    private void warn(String address) {
        long now = System.nanoTime();
        if (now - warnedAt > WARNED_EVERY_NANOS) {
            warnedAt = now;
            LOG.warn(
                    "Refuses connections from {}: it has {}, the limit of an address. If it is a proxy, set"
                            + " evenkeel.connections.per-address=0",
                    address,
                    perAddress);
        }
    }

    @Override
    public boolean processSocket(SocketWrapperBase<NioChannel> connection, SocketEvent event, boolean dispatch) {
        NioChannel channel = connection.getSocket();
        boolean isLate = !channel.isHandshakeComplete()
                && open.ageNanos(channel.getIOChannel(), System.nanoTime()) > handshakeNanos;
        // Returning false closes the connection.
        return !isLate && super.processSocket(connection, event, dispatch);
    }

    private static String addressOf(SocketChannel connection) {
        return connection.socket().getInetAddress().getHostAddress();
    }

    /** The endpoint's connections, counted by address. */
    private static final class CountedConnections
            extends ConcurrentHashMap<SocketChannel, SocketWrapperBase<NioChannel>> {

        private final transient OpenConnections open;

        CountedConnections(OpenConnections open) {
            this.open = open;
        }

        @Override
        public @Nullable SocketWrapperBase<NioChannel> put(
                SocketChannel connection, SocketWrapperBase<NioChannel> wrapper) {
            open.opened(connection, addressOf(connection), System.nanoTime());
            return super.put(connection, wrapper);
        }

        @Override
        public @Nullable SocketWrapperBase<NioChannel> remove(Object connection) {
            open.closed(connection);
            return super.remove(connection);
        }
    }
}
