package io.evenkeel.coordinator.console;

import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Logs the address of the console after a successful startup, before the operator's token is printed. */
@Component
class ConsoleAddress {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleAddress.class);

    private final ConsoleSettings settings;
    private final ServerProperties server;

    ConsoleAddress(ConsoleSettings settings, ServerProperties server) {
        this.settings = settings;
        this.server = server;
    }

    @EventListener
    @Order(Ordered.HIGHEST_PRECEDENCE)
    void log(ApplicationReadyEvent ready) {
        if (ready.getApplicationContext() instanceof WebServerApplicationContext web && web.getWebServer() != null) {
            String address = address(web.getWebServer().getPort());
            if (settings.enabled()) {
                LOG.info("The console is at {}", address);
            } else {
                LOG.info("The API is at {}api/v1; the console is switched off", address);
            }
        }
    }

    /**
     * Returns the address on this machine; behind a proxy or a Kubernetes service, browsers use a different
     * one.
     */
    String address(int port) {
        String scheme = Ssl.isEnabled(server.getSsl()) ? "https" : "http";
        InetAddress bound = server.getAddress();
        String host = bound == null || bound.isAnyLocalAddress() || bound.isLoopbackAddress()
                ? "localhost"
                : bound.getHostAddress();
        String path = server.getServlet().getContextPath();
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + (path == null ? "" : path)
                + "/";
    }
}
