package io.evenkeel.coordinator.platform.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class TrustedTimeTest {

    private static final Instant START = TurnedClock.START;

    private final TurnedClock clock = new TurnedClock();
    private final TrustedTime time = new TrustedTime(clock, clock, START);

    private void assertBoth(Instant expected) {
        assertThat(time.forExpiry()).isEqualTo(expected);
        assertThat(time.forRetention()).isEqualTo(expected);
    }

    @Test
    void followsTheClockWhileTimePasses() {
        clock.advance(Duration.ofDays(405));
        assertBoth(clock.instant());
        assertThat(time.ahead()).isZero();
    }

    @Test
    void followsACorrectionOfSomeHours() {
        clock.jump(Duration.ofHours(5));
        assertBoth(clock.instant());
    }

    @Test
    void aJumpAheadExpiresCredentialsAndDeletesNothing() {
        clock.jump(Duration.ofDays(405));

        assertThat(time.forRetention()).isEqualTo(START);
        assertThat(time.forExpiry()).isEqualTo(clock.instant());
        assertThat(time.ahead()).isEqualTo(Duration.ofDays(405));
        clock.jump(Duration.ofDays(-405));
        assertBoth(START);
    }

    @Test
    void catchesUpByADayAnHourAfterALongStop() {
        clock.jump(Duration.ofDays(30));
        clock.advance(Duration.ofHours(10));
        assertThat(time.forRetention()).isEqualTo(START.plus(Duration.ofDays(10)));

        for (int hour = 0; hour < 22; hour++) {
            clock.advance(Duration.ofHours(1));
            assertThat(time.forRetention()).isBeforeOrEqualTo(clock.instant());
        }
        assertBoth(clock.instant());
    }

    @Test
    void severalCoordinatorsCatchUpNoFasterThanOne() {
        TrustedTime other = new TrustedTime(clock, clock, START);
        clock.jump(Duration.ofDays(30));
        for (int minute = 0; minute < 60; minute++) {
            clock.advance(Duration.ofMinutes(1));
            other.raise(time.newest());
            time.raise(other.newest());
        }
        assertThat(time.newest()).isEqualTo(START.plus(Duration.ofDays(1)));
    }

    @Test
    void aJumpBackRevivesNothing() {
        clock.advance(Duration.ofDays(10));
        Instant expired = time.forExpiry();
        clock.jump(Duration.ofDays(-400));

        assertThat(time.forExpiry()).isEqualTo(expired);
        assertThat(time.forRetention()).isEqualTo(clock.instant());
        clock.advance(Duration.ofDays(1));
        assertThat(time.forExpiry()).as("continues at half the speed").isEqualTo(expired.plus(Duration.ofHours(12)));
    }

    @Test
    void recoversFromAClockThatWasAheadForAWhile() {
        clock.jump(Duration.ofHours(3));
        Instant ahead = time.forExpiry();
        clock.jump(Duration.ofHours(-3));
        assertThat(time.forExpiry()).isEqualTo(ahead);

        clock.advance(Duration.ofHours(6));
        assertBoth(clock.instant());
    }

    @Test
    void remembersTheNewestTimeOverARestart() {
        DriverManagerDataSource database =
                new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        CoordinatorSchema.create(database, Dialect.H2);
        TrustedTimeTable table = new TrustedTimeTable(JdbcClient.create(database));
        assertThat(restarted(table, false).forRetention())
                .as("nothing is stored yet")
                .isEqualTo(START);
        table.raise(START);
        table.raise(START.minusSeconds(60));
        assertThat(table.newest()).contains(START);

        clock.jump(Duration.ofDays(405));
        TrustedTime restarted = restarted(table, false);
        assertThat(restarted.forRetention()).isEqualTo(START);
        clock.jump(Duration.ofDays(-500));
        assertThat(restarted.forExpiry()).isEqualTo(START);

        assertThat(restarted(table, true).forExpiry())
                .as("an operator says that the clock is right")
                .isEqualTo(clock.instant());
        assertThat(table.newest()).contains(clock.instant());
    }

    private TrustedTime restarted(TrustedTimeTable table, boolean accept) {
        return new TrustedTime(clock, clock, table, new ClockSettings(accept));
    }

    @Test
    void adoptsTheNewerTimeOfAnotherCoordinator() {
        time.raise(START.plusSeconds(60));
        time.raise(START);
        assertThat(time.forExpiry()).isEqualTo(START.plusSeconds(60));
    }
}
