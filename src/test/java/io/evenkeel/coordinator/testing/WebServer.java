package io.evenkeel.coordinator.testing;

import java.util.Objects;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/** The web server of a coordinator under test, seen from within. */
public final class WebServer {

    private final AbstractHttp11Protocol<?> http;

    public WebServer(ApplicationContext coordinator) {
        TomcatWebServer server = (TomcatWebServer)
                Objects.requireNonNull(((ServletWebServerApplicationContext) coordinator).getWebServer());
        this.http =
                (AbstractHttp11Protocol<?>) server.getTomcat().getConnector().getProtocolHandler();
    }

    /** Bodies may come as slowly as they like from now on: what a test shows does not depend on how fast it is. */
    public void waitForBodiesForEver() {
        http.setConnectionUploadTimeout(Integer.MAX_VALUE);
    }

    /** How many are open. */
    public long connections() {
        return http.getConnectionCount();
    }

    /** How many are with a request at this moment, or held by one. */
    public int busyThreads() {
        return ((ThreadPoolExecutor) http.getExecutor()).getActiveCount();
    }
}
