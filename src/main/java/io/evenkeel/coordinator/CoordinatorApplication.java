package io.evenkeel.coordinator;

import io.evenkeel.coordinator.platform.time.ElapsedTime;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.jpa.repository.query.QueryEnhancerFactories;
import org.springframework.data.jpa.repository.query.QueryEnhancerSelector.DefaultQueryEnhancerSelector;

/** The coordinator as a Spring Boot service. */
@SpringBootApplication(
        proxyBeanMethods = false,
        exclude = {
            UserDetailsServiceAutoConfiguration.class,
            // No bean needs a proxy: transactions are DurableTransactions, and there are no aspects.
            AopAutoConfiguration.class,
            TransactionAutoConfiguration.class
        })
@ConfigurationPropertiesScan
@EnableJpaRepositories(queryEnhancerSelector = CoordinatorApplication.PlainQueries.class)
public class CoordinatorApplication {

    /**
     * Starts the service.
     *
     * @param args {@code --port} and {@code --data}, and Spring Boot's options, such as
     *     {@code --server.address=127.0.0.1}
     */
    public static void main(String[] args) {
        SpringApplication coordinator = new SpringApplication(CoordinatorApplication.class);
        coordinator.addListeners(new GeneratedBeans());
        coordinator.run(StartArguments.expand(args));
    }

    /** Returns the only source of wall-clock time, truncated to the database's precision; tests replace it. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }

    /** Returns the monotonic time source, which tests replace together with the clock. */
    @Bean
    ElapsedTime elapsedTime() {
        return System::nanoTime;
    }

    /**
     * Leaves query parsing to Hibernate. Spring Data would parse each query again to add sorting or counting, which
     * this project does not use. The second parsing took a quarter of the startup CPU time.
     */
    public static final class PlainQueries extends DefaultQueryEnhancerSelector {

        /** Called by Spring Data. */
        public PlainQueries() {
            super(QueryEnhancerFactories.fallback(), QueryEnhancerFactories.fallback());
        }
    }
}
