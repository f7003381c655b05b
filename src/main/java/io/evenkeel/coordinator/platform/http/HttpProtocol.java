package io.evenkeel.coordinator.platform.http;

import java.io.IOException;
import java.time.Duration;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * HTTP/1.1 with a smaller response buffer, and with two limits that Tomcat lacks: the connections per address, and the
 * time to receive the headers of a request. Tomcat's own timeout applies to a pause between bytes, so a byte every few
 * seconds would hold a connection for hours. Public for Tomcat.
 */
public final class HttpProtocol extends Http11NioProtocol {

    /**
     * The bytes of a response that are buffered before the first ones are sent; three times as many including the
     * characters. Most responses are shorter.
     */
    private static final int ANSWER_BUFFER = 1024;

    private static final long NOT_STARTED = -1;

    private volatile long headerNanos = Long.MAX_VALUE;

    /** Creates the protocol; called by Tomcat. */
    public HttpProtocol() {
        super(new ResponseWriterEndpoint());
    }

    /**
     * Sets the limits of connections.
     *
     * @param perAddress the maximum per address, 0 for no limit
     * @param headerTimeout the maximum time for the headers of a request, from their first byte, and for a TLS
     *     handshake
     */
    void limitConnections(int perAddress, Duration headerTimeout) {
        headerNanos = headerTimeout.toNanos();
        ((ResponseWriterEndpoint) getEndpoint()).limitConnections(perAddress, headerTimeout);
    }

    @Override
    public int getDesiredBufferSize() {
        return ANSWER_BUFFER;
    }

    @Override
    protected Processor createProcessor() {
        return new HeaderDeadline(getAdapter());
    }

    /** Closes a connection that sends header bytes after the deadline. Called whenever some of them arrive. */
    private final class HeaderDeadline extends Http11Processor {

        HeaderDeadline(Adapter adapter) {
            super(HttpProtocol.this, adapter);
        }

        @Override
        public SocketState service(SocketWrapperBase<?> connection) throws IOException {
            long started = request.getStartTimeNanos();
            if (started != NOT_STARTED && System.nanoTime() - started > headerNanos) {
                return SocketState.CLOSED;
            }
            return super.service(connection);
        }
    }
}
