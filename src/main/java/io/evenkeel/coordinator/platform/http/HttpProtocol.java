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
 * HTTP/1.1 with a smaller response buffer and two limits that Tomcat lacks: the number of connections per
 * address, and the time to receive the headers of a request. Tomcat's own timeout applies to the pause
 * between bytes, so a client could hold a connection for hours by sending a byte every few seconds. Public,
 * because Tomcat instantiates it.
 */
public final class HttpProtocol extends Http11NioProtocol {

    /**
     * The number of bytes of a response that are buffered before any are sent. Including its character
     * buffer, a response takes three times as much. Most responses are shorter.
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
     * @param perAddress the maximum number of connections per address, 0 for no limit
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

    /**
     * Closes a connection that sends header bytes after the deadline. Called whenever header bytes arrive.
     */
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
