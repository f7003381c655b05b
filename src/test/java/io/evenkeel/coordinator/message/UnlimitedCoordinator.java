package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.CoordinatorTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;

/** A coordinator with its own database and folder of objects, and limits that no test reaches. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@CoordinatorTest
@ContextConfiguration(initializers = UnlimitedCoordinator.Folder.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:fuzz;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000",
            "evenkeel.limits.requests-per-second=1000000",
            "evenkeel.limits.enrolments-per-minute=100000000",
            "evenkeel.limits.failures-per-minute=100000000"
        })
@interface UnlimitedCoordinator {

    /** Creates the folder. */
    class Folder implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            try {
                TestPropertyValues.of("evenkeel.storage.folder=" + Files.createTempDirectory("objects"))
                        .applyTo(context);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
