package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.core.heap.HeapBudget;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.File;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.health.application.DiskSpaceHealthIndicator;
import org.springframework.boot.health.autoconfigure.application.DiskSpaceHealthIndicatorProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Determines the dialect of the database, and passes its column type for bytes to Flyway, so that both
 * databases share one schema file.
 */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    Dialect dialect(DataSource source) {
        return Dialect.of(source);
    }

    /**
     * Divides the heap of this process into shares. Settings limit the shares of waiting devices and event
     * streams.
     *
     * @param waitingDevices the value in the settings of rounds, null if it is not set
     * @param streams the value in the settings of events
     */
    @Bean
    HeapBudget heapBudget(
            @Value("${evenkeel.rounds.waiting-devices:#{null}}") @Nullable Integer waitingDevices,
            @Value("${evenkeel.events.streams:" + HeapBudget.DEFAULT_STREAMS + "}") int streams) {
        return HeapBudget.ofSettings(Runtime.getRuntime().maxMemory(), waitingDevices, streams);
    }

    @Bean
    MeterBinder heapShares(HeapBudget heap) {
        return registry -> {
            for (HeapBudget.Share share : HeapBudget.Share.values()) {
                Gauge.builder("evenkeel.heap.share", () -> heap.of(share))
                        .baseUnit(BaseUnits.BYTES)
                        .tag("share", share.text())
                        .description("Bytes of each share of the heap")
                        .register(registry);
            }
        };
    }

    /** Static and without dependencies, so that it is created before the connection pool. */
    @Bean
    static PostgresConnections postgresConnections(Environment environment) {
        return new PostgresConnections(environment);
    }

    /**
     * Checks the connection to the database before the first table is created. H2 also treats a file that was
     * truncated after its header as a new database, and opens it without tables.
     */
    @Bean
    FlywayConfigurationCustomizer requireDatabase(DatabaseFileCheck.Found found) {
        return flyway -> {
            // Opens the database, which creates H2's file.
            if (Dialect.of(flyway.getDataSource()) == Dialect.POSTGRESQL) {
                PostgresConnections.requireSessions(flyway.getDataSource());
            }
            found.opened(flyway.getDataSource());
        };
    }

    /**
     * Makes readiness depend on the disk of H2's file instead of the disk of the working directory.
     *
     * @param settings the settings under {@code management.health.diskspace}
     */
    @Bean
    DiskSpaceHealthIndicator diskSpaceHealthIndicator(
            DiskSpaceHealthIndicatorProperties settings, Environment environment) {
        boolean isConfigured = environment.containsProperty("management.health.diskspace.path");
        File path = DatabaseFile.of(environment)
                .filter(file -> !isConfigured)
                .map(file -> file.resolveSibling("").toFile())
                .orElseGet(settings::getPath);
        return new DiskSpaceHealthIndicator(path, settings.getThreshold());
    }

    /** Defines the value of {@code ${blob}} in the schema. */
    @Bean
    FlywayConfigurationCustomizer columnTypes() {
        return flyway -> flyway.placeholders(
                Map.of("blob", Dialect.of(flyway.getDataSource()).blob()));
    }
}
