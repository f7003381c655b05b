package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletRequest;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A separate port for metrics and health, with its own threads, so that these requests do not wait behind
 * devices' requests.
 *
 * <p>The port is a second connector of the same web server. Spring Boot's own management port would be a
 * second web server with its own application context.
 */
@Component
final class ManagementPort {

    private static final int THREADS = 10;
    private static final int CONNECTIONS = 100;
    private static final int MAX_SILENCE_MILLIS = 10_000;

    private final @Nullable Connector connector;

    ManagementPort(ManagementSettings settings, ConnectionSettings connections) {
        this.connector = settings.port() == null ? null : connector(settings, settings.port(), connections);
    }

    private static Connector connector(ManagementSettings settings, int port, ConnectionSettings connections) {
        HttpProtocol http = new HttpProtocol();
        // Sets no limit per address, because all probes and scrapes of a cluster may come from one address.
        http.limitConnections(0, connections.headerTimeout());
        http.setAddress(settings.address());
        http.setMaxThreads(THREADS);
        http.setMinSpareThreads(1);
        http.setMaxConnections(CONNECTIONS);
        http.setConnectionTimeout(MAX_SILENCE_MILLIS);
        Connector created = new Connector(http);
        created.setPort(port);
        return created;
    }

    /** Returns the web server's connector for the separate port, null if there is none. */
    @Nullable
    Connector connector() {
        return connector;
    }

    /** Returns whether metrics and health have a separate port. */
    boolean isApart() {
        return connector != null;
    }

    /** Returns whether a request was received on this port. */
    boolean received(ServletRequest request) {
        return connector != null && request.getLocalPort() == connector.getLocalPort();
    }
}
