package io.evenkeel.coordinator;

import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The coordinator as a Spring Boot service. */
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
@ConfigurationPropertiesScan
public class CoordinatorApplication {

    /**
     * Starts the service.
     *
     * @param args Spring Boot's command line, such as {@code --server.port=8080}
     */
    public static void main(String[] args) {
        SpringApplication.run(CoordinatorApplication.class, args);
    }

    /** The one source of time, so that tests can turn the hands themselves; no finer than what the database keeps. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
