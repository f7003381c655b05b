package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletRequest;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A port of its own for metrics and health, with threads of its own: who asks for them waits behind no device.
 *
 * <p>A second connector of the one web server. Spring Boot's own management port would be a second web server with an application
 * context of its own.
 */
@Component
final class ManagementPort {

    private static final int THREADS = 10;
    private static final int CONNECTIONS = 100;
    private static final int LONGEST_SILENCE_MILLIS = 10_000;

    private final @Nullable Connector connector;

    ManagementPort(ManagementSettings settings) {
        this.connector = settings.port() == null ? null : connector(settings, settings.port());
    }

    private static Connector connector(ManagementSettings settings, int port) {
        AbstractHttp11Protocol<?> http = new Http11NioProtocol();
        http.setAddress(settings.address());
        http.setMaxThreads(THREADS);
        http.setMinSpareThreads(1);
        http.setMaxConnections(CONNECTIONS);
        http.setConnectionTimeout(LONGEST_SILENCE_MILLIS);
        Connector created = new Connector(http);
        created.setPort(port);
        return created;
    }

    /** Returns the web server's connector for it, null if there is to be none. */
    @Nullable
    Connector connector() {
        return connector;
    }

    /** Tells whether metrics and health are served on a port of their own. */
    boolean isApart() {
        return connector != null;
    }

    /** Tells whether a request has come in by this port. */
    boolean received(ServletRequest request) {
        return connector != null && request.getLocalPort() == connector.getLocalPort();
    }
}
