package io.evenkeel.coordinator.testing;

import java.util.Objects;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/** Access to the web server of a coordinator under test. */
public final class WebServer {

    private final AbstractHttp11Protocol<?> http;

    public WebServer(ApplicationContext coordinator) {
        TomcatWebServer server = (TomcatWebServer)
                Objects.requireNonNull(((ServletWebServerApplicationContext) coordinator).getWebServer());
        this.http =
                (AbstractHttp11Protocol<?>) server.getTomcat().getConnector().getProtocolHandler();
    }

    /** Disables the minimum rate of bodies, so that a test does not depend on its speed. */
    public void disableBodyTimeouts() {
        http.setConnectionUploadTimeout(Integer.MAX_VALUE);
    }

    /** Returns the number of open connections. */
    public long connections() {
        return http.getConnectionCount();
    }

    /** Returns the number of connections with a request in progress. */
    public int busyThreads() {
        return ((ThreadPoolExecutor) http.getExecutor()).getActiveCount();
    }
}
