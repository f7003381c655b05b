package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.platform.objects.MeasuredStore;
import io.evenkeel.coordinator.platform.objects.MovingStore;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.objects.S3Store;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.objects.StorageSettings.Kind;
import io.evenkeel.coordinator.platform.objects.UnusableStoreException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Creates the configured object store, and checks at startup that it can be used. */
@Configuration(proxyBeanMethods = false)
class ObjectStoreConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectStoreConfiguration.class);

    /**
     * Makes the coordinator unready while the store is full, but not while it cannot be reached, because
     * messages are still accepted in that case.
     */
    @Bean
    HealthIndicator storageSpaceHealthIndicator(StorageHealthIndicator storage) {
        return () -> (storage.isFull() ? Health.down() : Health.up()).build();
    }

    @Bean
    ObjectStore objectStore(
            StorageSettings settings,
            Environment environment,
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            MeterRegistry registry,
            Clock clock) {
        Optional<Path> beside = DatabaseFile.of(environment)
                .map(file -> file.resolveSibling(
                        String.valueOf(file.getFileName()).replaceFirst("\\.mv\\.db$", ".objects")));
        Stores stores = new Stores(jdbc, transactions, registry, clock, beside);
        ObjectStore store = stores.of(settings);
        return settings.moveFrom() == null ? store : new MovingStore(store, stores.of(settings.previous()));
    }

    /** Creates stores. */
    private record Stores(
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            MeterRegistry registry,
            Clock clock,
            Optional<Path> beside) {

        ObjectStore of(StorageSettings settings) {
            return switch (kind(settings, beside.isPresent())) {
                case DATABASE -> new MeasuredStore(new DatabaseStore(jdbc, transactions), registry, clock);
                case S3 ->
                    tried(
                            "evenkeel.storage.bucket and evenkeel.storage.endpoint",
                            () -> new S3Store(settings),
                            registry,
                            clock);
                case FOLDER -> {
                    Path folder = Optional.ofNullable(settings.folder())
                            .map(Path::of)
                            .or(() -> beside)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "evenkeel.storage.folder is not set, expected a folder, because"
                                            + " evenkeel.storage.kind is folder and the database is not a file of H2"));
                    yield tried("evenkeel.storage.folder", () -> new FolderStore(folder), registry, clock);
                }
            };
        }
    }

    private static Kind kind(StorageSettings settings, boolean isFile) {
        if (settings.kind() != null) {
            return settings.kind();
        }
        return isFile ? Kind.FOLDER : Kind.DATABASE;
    }

    /**
     * Returns the store if an object can be written, read and deleted. Also returns a store that is only
     * full, because this can be fixed while the coordinator runs.
     */
    static ObjectStore tried(String settings, Supplier<ObjectStore> creation, MeterRegistry registry, Clock clock) {
        try {
            MeasuredStore store = new MeasuredStore(creation.get(), registry, clock);
            try {
                store.probe();
            } catch (ObjectStoreException e) {
                if (!e.isFull()) {
                    throw e;
                }
                LOG.error("{}. Requests that need space are refused until there is some", e.getMessage());
            }
            return store;
        } catch (ObjectStoreException e) {
            throw new UnusableStoreException(settings, e);
        }
    }
}
