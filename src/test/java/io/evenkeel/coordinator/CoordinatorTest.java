package io.evenkeel.coordinator;

import io.evenkeel.coordinator.limits.LimitSettings;
import io.evenkeel.coordinator.limits.RateLimits;
import io.evenkeel.coordinator.platform.time.TrustedTimeTable;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.LimitTime;
import io.evenkeel.coordinator.testing.StorageContract;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import java.util.Optional;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/**
 * Starts the whole coordinator on a free port, with an H2 database in memory and a {@link TurnedClock}.
 *
 * <p>All test classes with only this annotation share the context, so each test uses its own names.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:test;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000",
            "spring.datasource.generate-unique-name=false",
            // Tests leave running runs behind. A refresh would read their figures from the database every five seconds.
            "evenkeel.metrics.refresh=0",
            "evenkeel.metrics.runs=10000",
            "evenkeel.operator-token=" + CoordinatorTest.OPERATOR_TOKEN,
            "evenkeel.viewer-token=" + CoordinatorTest.VIEWER_TOKEN
        })
@Import({CoordinatorTest.Time.class, Api.class, StorageContract.class})
public @interface CoordinatorTest {

    /** The operator's token in tests. */
    String OPERATOR_TOKEN = "evk_op_0123456789012345678901234567890123456789012";

    /** The viewer's token in tests. */
    String VIEWER_TOKEN = "evk_view_0123456789012345678901234567890123456789012";

    /** Replaces the system's clock. */
    @Configuration(proxyBeanMethods = false)
    class Time {

        @Bean
        @Primary
        TurnedClock turnedClock() {
            return new TurnedClock();
        }

        @Bean
        LimitTime limitTime() {
            return new LimitTime();
        }

        @Bean
        @Primary
        RateLimits limitsOfLimitTime(LimitSettings settings, LimitTime time) {
            return new RateLimits(settings, time);
        }

        /** Ignores the trusted time of other tests: test contexts share a database, but not a clock. */
        @Bean
        @Primary
        TrustedTimeTable noTimeOfOtherTests(JdbcClient jdbc) {
            return new TrustedTimeTable(jdbc) {
                @Override
                public Optional<Instant> newest() {
                    return Optional.empty();
                }

                @Override
                public void raise(Instant time) {
                    // Other tests must not see this test's time.
                }
            };
        }
    }
}
