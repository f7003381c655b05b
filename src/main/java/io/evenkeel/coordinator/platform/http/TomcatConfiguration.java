package io.evenkeel.coordinator.platform.http;

import io.evenkeel.coordinator.platform.HeapBudget;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What keeps slow and silent connections from holding threads, and waiting ones from costing much, as far as properties do not say it. */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

    private static final int LONGEST_SILENCE_MILLIS = 5000;

    /** Nobody sends trailers; Tomcat keeps a buffer for them with each request under way. */
    private static final int LONGEST_TRAILER = 256;

    /** Most answers are shorter, and large bodies go out by sendfile. */
    private static final int ANSWER_BUFFER = 2048;

    private static final int MOST_KEPT_REQUESTS = 20_000;

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat(ManagementPort management, HeapBudget budget) {
        // What a request under way takes is kept for another, instead of made anew.
        int keptRequests = (int)
                Math.min(MOST_KEPT_REQUESTS, budget.of(HeapBudget.Share.WEB_SERVER) / PendingResponse.REQUEST_BYTES);
        return server -> {
            if (management.connector() != null) {
                server.addAdditionalConnectors(management.connector());
            }
            server.addEngineValves(new UnreadBodyValve());
            server.setProtocol(SmallBuffers.class.getName());
            server.addConnectorCustomizers(connector -> {
                // No endpoint takes a form, which Tomcat would read for whoever asks for a parameter.
                connector.setParseBodyMethods("");
                // A connection's own buffers, which it has for as long as it is open, lie outside the heap.
                boolean ignored = connector.setProperty("socket.directBuffer", "true")
                        && connector.setProperty("socket.appWriteBufSize", Integer.toString(ANSWER_BUFFER));
                if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
                    http.setDisableUploadTimeout(false);
                    http.setConnectionUploadTimeout(LONGEST_SILENCE_MILLIS);
                    http.setMaxTrailerSize(LONGEST_TRAILER);
                    http.setProcessorCache(keptRequests);
                }
            });
        };
    }

    /** HTTP/1.1 that gathers less of an answer before it sends it. Public for Tomcat. */
    public static final class SmallBuffers extends Http11NioProtocol {

        /** For Tomcat. */
        public SmallBuffers() {
            super(new ResponseWriterEndpoint());
        }

        @Override
        public int getDesiredBufferSize() {
            return ANSWER_BUFFER;
        }
    }
}
