package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.CoordinatorTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.test.context.TestPropertySource;

/** A coordinator with its own database, and limits that no test reaches. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@CoordinatorTest
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:fuzz;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000",
            "evenkeel.limits.requests-per-second=1000000",
            "evenkeel.limits.enrolments-per-minute=100000000",
            "evenkeel.limits.failures-per-minute=100000000"
        })
@interface FuzzedCoordinator {}
