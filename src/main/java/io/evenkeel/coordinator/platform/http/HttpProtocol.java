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
 * HTTP/1.1 with a smaller response buffer, and with limits of connections that Tomcat lacks: how many an address may have, and how long
 * the headers of a request may take. Tomcat's own timeout is for a silence, so a byte every few seconds would hold a connection for
 * hours. Public for Tomcat.
 */
public final class HttpProtocol extends Http11NioProtocol {

    /** Bytes: most responses are shorter, and large bodies are sent by sendfile. */
    static final int ANSWER_BUFFER = 2048;

    private static final long NOT_STARTED = -1;

    private volatile long headerNanos = Long.MAX_VALUE;

    /** Creates the protocol; called by Tomcat. */
    public HttpProtocol() {
        super(new ResponseWriterEndpoint());
    }

    /**
     * Sets the limits of connections.
     *
     * @param perAddress the maximum for an address, 0 for no limit
     * @param headerTimeout how long the headers of a request may take from their first byte, and how long a TLS handshake may take
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

    /** Closes a connection that sends more of its headers after their deadline. Called again whenever some bytes of them arrive. */
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
