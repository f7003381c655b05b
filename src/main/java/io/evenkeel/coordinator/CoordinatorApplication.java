package io.evenkeel.coordinator;

import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The coordinator as a Spring Boot service. */
@SpringBootApplication(
        exclude = {
            UserDetailsServiceAutoConfiguration.class,
            // Nobody is called through a proxy: transactions are DurableTransactions, and there are no aspects.
            AopAutoConfiguration.class,
            TransactionAutoConfiguration.class
        },
        // By its name, as it is deprecated: Jackson 2 is there for the OpenAPI document alone.
        excludeName =
                "org.springframework.boot.actuate.autoconfigure.endpoint.jackson.Jackson2EndpointAutoConfiguration")
@ConfigurationPropertiesScan
public class CoordinatorApplication {

    /**
     * Starts the service.
     *
     * @param args Spring Boot's command line, such as {@code --server.port=8080}
     */
    public static void main(String[] args) {
        application().run(args);
    }

    /** Returns the service, not yet started. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(CoordinatorApplication.class);
        application.setMainApplicationClass(CoordinatorApplication.class);
        return application;
    }

    /** The one source of time, so that tests can turn the hands themselves; no finer than what the database keeps. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
