package io.evenkeel.coordinator.web;

import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What keeps slow and silent connections from holding threads, and waiting ones from costing much, as far as properties do not say it. */
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

    private static final int LONGEST_SILENCE_MILLIS = 5000;

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> patience() {
        return server -> {
            server.addEngineValves(new UnreadBodyValve());
            // An answer that was waited for is written by a filter, wherever its request is brought back to.
            server.addContextCustomizers(context -> context.setDispatchersUseEncodedPaths(false));
            server.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
                    http.setDisableUploadTimeout(false);
                    http.setConnectionUploadTimeout(LONGEST_SILENCE_MILLIS);
                }
            });
        };
    }
}
