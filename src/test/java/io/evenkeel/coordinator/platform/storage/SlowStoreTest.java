package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.testing.Eventually;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** An object store that takes longer than PostgreSQL's timeout for idle transactions, as with large models. */
@OnlyInCi
class SlowStoreTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    /** Slows the coordinator's store down; {@code spring.main.sources} names this class. */
    static final class SlowStores implements BeanPostProcessor {

        private static final Set<String> SLOW = Set.of("open", "put");

        private final JdbcTemplate postgres;

        SlowStores(Environment environment) {
            postgres = new JdbcTemplate(
                    new DriverManagerDataSource(environment.getRequiredProperty("spring.datasource.url")));
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof ObjectStore store
                    ? Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {ObjectStore.class},
                            (proxy, method, arguments) -> invoke(store, method, arguments))
                    : bean;
        }

        private Object invoke(ObjectStore store, Method method, Object[] arguments) throws Throwable {
            if (SLOW.contains(method.getName())) {
                Eventually.eventually().until(this::isLongerThanALease);
            }
            try {
                return method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        }

        /**
         * Returns whether every transaction that waits for the coordinator has waited for longer than a lease, or was
         * ended.
         */
        private boolean isLongerThanALease() {
            return postgres.queryForList("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND state = 'idle in transaction' AND now() - state_change < INTERVAL '1.3 seconds'")
                    .isEmpty();
        }
    }

    @Test
    void aRunStartsAndContinuesAfterARestart(@TempDir Path folder) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(
                Postgres.shared().newDatabase(),
                "--evenkeel.lease.duration=1s",
                "--evenkeel.storage.kind=folder",
                "--evenkeel.storage.folder=" + folder.resolve("objects"),
                "--evenkeel.storage.inline=0B",
                "--evenkeel.storage.sweep=0s",
                "--evenkeel.retention.every=0s",
                "--spring.main.sources=" + SlowStores.class.getName())) {
            Scene scene = new Scene(
                            coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 12, "\"gamma\":\"anytime:0.5:0.5\"")
                    .members(2)
                    .start();
            scene.closeRound(0, GRADIENT);
            scene.devices.get(0).answer(1, GRADIENT);

            coordinator.restart();
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());

            assertThat(scene.operator
                            .get("/runs/" + scene.run + "/rounds/latest/model")
                            .status())
                    .isEqualTo(200);
            scene.devices.get(1).answer(1, GRADIENT);
            scene.awaitClosed(1);
        }
    }
}
