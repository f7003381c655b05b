package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.limits.LimitSettings;
import io.evenkeel.coordinator.limits.RateLimits;
import io.evenkeel.coordinator.testing.Api;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.TestPropertySource;

/** Responses to guesses of secrets, with a clock that the test advances. */
@CoordinatorTest
@Import(WrongSecretsTest.Time.class)
@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:guesses;DB_CLOSE_DELAY=-1")
class WrongSecretsTest {

    private static final int ALLOWED = 100;

    @Autowired
    private Api api;

    @Autowired
    private Turned time;

    /** Replaces the processor's clock. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Time {

        @Bean
        Turned turned() {
            return new Turned();
        }

        @Bean
        @Primary
        RateLimits turnedLimits(LimitSettings settings, Turned time) {
            return new RateLimits(settings, time);
        }
    }

    static final class Turned implements TimeMeter {

        private final AtomicLong nanos = new AtomicLong();

        void advance(Duration by) {
            nanos.addAndGet(by.toNanos());
        }

        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    @BeforeEach
    void aNewMinute() {
        time.advance(Duration.ofMinutes(1));
    }

    @Test
    void refusesGuessesOfASecretFromTheHundredAndFirstInAMinuteOn() {
        Api.Enrolled device = api.enrol();
        assertThat(status(device.secret())).isEqualTo(404);
        for (int i = 0; i < ALLOWED; i++) {
            assertThat(status(Credential.newDeviceToken(device.client()))).isEqualTo(401);
            time.advance(Duration.ofMillis(300));
        }
        for (int i = 0; i < 30; i++) {
            assertThat(status(Credential.newDeviceToken(device.client()))).isEqualTo(429);
        }
        // The device is in the cache, so its own requests need no look-up.
        assertThat(status(device.secret())).isEqualTo(404);
        time.advance(Duration.ofSeconds(30));
        assertThat(status(Credential.newDeviceToken(device.client()))).isEqualTo(401);
    }

    @Test
    void countsMalformedCredentialsToo() {
        List<String> wrong = List.of("evk_dev_cut", "evk_enrol_in_the_wrong_place", "nonsense", "");
        for (int i = 0; i < ALLOWED; i++) {
            assertThat(status(wrong.get(i % wrong.size()))).isEqualTo(401);
        }
        assertThat(wrong).allSatisfy(token -> assertThat(status(token)).isEqualTo(429));
        api.anonymous()
                .get()
                .uri("/api/v1/runs")
                .header("Authorization", "Basic YTpi")
                .exchange()
                .expectStatus()
                .isEqualTo(429);
        api.operator().get().uri("/api/v1/runs").exchange().expectStatus().isOk();
    }

    private int status(String token) {
        return api.as(token)
                .get()
                .uri("/api/v1/runs/none/task")
                .exchange()
                .returnResult()
                .getStatus()
                .value();
    }
}
