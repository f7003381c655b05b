package io.evenkeel.coordinator.storage;

import java.util.Map;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells Flyway the database's types, so that one history of migrations serves both databases. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    FlywayConfigurationCustomizer columnTypes() {
        return flyway -> flyway.placeholders(
                Map.of("blob", Dialect.of(flyway.getDataSource()).blob()));
    }
}
