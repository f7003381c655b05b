package io.evenkeel.coordinator.security;

import jakarta.servlet.DispatcherType;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** Gives refusals by Tomcat the same form as those by the application. */
@Configuration(proxyBeanMethods = false)
class ContainerProblemConfiguration {

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> containerProblems(JsonMapper json) {
        return server -> server.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ContainerProblemValve.class.getName());
                // Added after Spring Boot's valve, so that this one writes the response first.
                host.addValve(new ContainerProblemValve(json));
            }
        });
    }

    @Bean
    FilterRegistrationBean<SecurityHeaders> headersOfErrors() {
        FilterRegistrationBean<SecurityHeaders> filter = new FilterRegistrationBean<>(new SecurityHeaders());
        filter.setDispatcherTypes(DispatcherType.ERROR);
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }
}
