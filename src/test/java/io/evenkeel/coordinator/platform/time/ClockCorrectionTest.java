package io.evenkeel.coordinator.platform.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class ClockCorrectionTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration TWO_HOURS = Duration.ofHours(2);

    private final JdbcClient jdbc =
            JdbcClient.create(new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));

    private record Token(Instant createdAt, @Nullable Instant expiresAt) {}

    private Token corrected(Instant createdAt, @Nullable Instant expiresAt) {
        jdbc.sql("CREATE TABLE token (created_at TIMESTAMP(6) WITH TIME ZONE, expires_at TIMESTAMP(6) WITH TIME ZONE)")
                .update();
        jdbc.sql("INSERT INTO token VALUES (?, ?)")
                .param(Timestamps.of(createdAt))
                .param(Timestamps.ofNullable(expiresAt))
                .update();
        ClockCorrection.moveBack(jdbc, "token", "created_at", "expires_at", NOW);
        return jdbc.sql("SELECT created_at, expires_at FROM token")
                .query((row, i) -> token(row))
                .single();
    }

    private static Token token(ResultSet row) throws SQLException {
        return new Token(Timestamps.get(row, 1), Timestamps.getNullable(row, 2));
    }

    @Test
    void aTokenIssuedWhileTheClockWasAheadKeepsItsDuration() {
        Instant then = NOW.plus(Duration.ofDays(400));
        assertThat(corrected(then, then.plus(TWO_HOURS))).isEqualTo(new Token(NOW, NOW.plus(TWO_HOURS)));
    }

    @Test
    void aTokenIssuedByARightClockIsUnchanged() {
        Token token = new Token(NOW.minusSeconds(1), NOW.plus(Duration.ofDays(400)));
        assertThat(corrected(token.createdAt(), token.expiresAt())).isEqualTo(token);
    }

    @Test
    void replicasClocksMayDiffer() {
        Token token = new Token(NOW.plusSeconds(299), NOW.plus(TWO_HOURS));
        assertThat(corrected(token.createdAt(), token.expiresAt())).isEqualTo(token);
    }

    @Test
    void aTokenWithoutAnEndHasNothingToCorrect() {
        Token token = new Token(NOW.plus(Duration.ofDays(400)), null);
        assertThat(corrected(token.createdAt(), null)).isEqualTo(token);
    }
}
