package io.evenkeel.coordinator.platform.http;

import io.evenkeel.core.heap.HeapBudget;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Limits the threads that slow connections hold and the memory that waiting ones take, where Spring Boot has
 * no property for it.
 */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

    private static final int MAX_SILENCE_MILLIS = 5000;

    /**
     * The maximum size of trailers in bytes. No client sends trailers, but Tomcat keeps a buffer for them
     * with each request.
     */
    private static final int MAX_TRAILER_LENGTH = 256;

    private static final int MAX_KEPT_REQUESTS = 20_000;

    /** The number of bytes that one call writes to a socket. Large responses are sent with sendfile. */
    private static final int SOCKET_WRITE_BUFFER = 2048;

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat(
            ManagementPort management,
            HeapBudget budget,
            ConnectionSettings connections,
            @Value("${server.forward-headers-strategy:none}") String forwardedAddresses) {
        // The number of ended requests to keep, so that later requests can reuse their buffers.
        int keptRequests = (int)
                Math.min(MAX_KEPT_REQUESTS, budget.of(HeapBudget.Share.WEB_SERVER) / PendingResponse.REQUEST_BYTES);
        return server -> {
            if (management.connector() != null) {
                server.addAdditionalConnectors(management.connector());
            }
            server.addEngineValves(new ReaderBufferValve(), new UnreadBodyValve());
            server.setProtocol(HttpProtocol.class.getName());
            server.addConnectorCustomizers(connector -> {
                // No endpoint accepts forms, but Tomcat would parse one when a parameter is looked up.
                connector.setParseBodyMethods("");
                // Buffers are outside the heap, because each open connection keeps its own.
                boolean ignored = connector.setProperty("socket.directBuffer", "true")
                        && connector.setProperty("socket.appWriteBufSize", Integer.toString(SOCKET_WRITE_BUFFER));
                if (connector.getProtocolHandler() instanceof HttpProtocol http) {
                    http.setDisableUploadTimeout(false);
                    http.setConnectionUploadTimeout(MAX_SILENCE_MILLIS);
                    http.setMaxTrailerSize(MAX_TRAILER_LENGTH);
                    http.setProcessorCache(keptRequests);
                    boolean isBehindProxy = !forwardedAddresses.equalsIgnoreCase("none");
                    http.limitConnections(
                            connections.perAddress(http.getMaxConnections(), isBehindProxy),
                            connections.headerTimeout());
                }
            });
        };
    }
}
