package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.engine.OnlyInCi;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;

/**
 * Runs the tests of the superclass, a {@link CoordinatorTest}, on PostgreSQL; all such classes share one coordinator.
 */
@OnlyInCi
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ContextConfiguration(initializers = OnPostgres.Database.class)
public @interface OnPostgres {

    /** Makes the coordinator use a new database. */
    class Database implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(
                            "spring.datasource.url=" + Postgres.shared().newDatabase(),
                            "spring.datasource.username=postgres")
                    .applyTo(context);
        }
    }
}
