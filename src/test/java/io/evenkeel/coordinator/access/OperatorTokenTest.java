package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class OperatorTokenTest {

    private static final Pattern TOKEN = Pattern.compile("evk_op_[A-Za-z0-9_-]{43}");

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final JdbcClient jdbc = JdbcClient.create(database());

    @Test
    void isGeneratedAtTheFirstStartAndPrintedOnce() {
        OperatorToken first = start(null);
        String token = printed();
        assertThat(first.is(token)).isTrue();
        console.reset();
        OperatorToken second = start(null);
        assertThat(console.size()).isZero();
        assertThat(second.is(token)).isTrue();
        assertThat(second.is(Credential.newOperatorToken())).isFalse();
    }

    @Test
    void isNotGeneratedByAStartThatFails() {
        PrintStream out = new PrintStream(console, true, StandardCharsets.UTF_8);
        OperatorToken failed =
                new OperatorToken(settings(null), jdbc, new TurnedClock(), new ConsoleSecretPrinter(out));
        assertThat(failed.is("")).isFalse();
        assertThat(console.size()).isZero();

        OperatorToken next = start(null);
        assertThat(console.toString(StandardCharsets.UTF_8).lines().map(String::strip))
                .contains(printed());
        assertThat(next.is(printed())).isTrue();
    }

    @Test
    void isStoredAsAHashOnly() {
        start(null);
        String hash =
                jdbc.sql("SELECT hash FROM operator_token").query(String.class).single();
        assertThat(hash).isEqualTo(Credential.hash(printed()));
    }

    @Test
    void usesTheConfiguredToken() {
        start(null);
        String generated = printed();
        String configured = "configured-and-at-least-32-characters";
        OperatorToken token = start(configured);
        assertThat(token.is(configured)).isTrue();
        assertThat(token.is(generated)).isFalse();
        assertThat(start("").is(generated)).isTrue();
    }

    @Test
    void refusesAShortConfiguredToken() {
        assertThatThrownBy(() -> settings("operator"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("evenkeel.operator-token has 8 characters")
                .hasMessageContaining("at least 32")
                .hasMessageNotContaining("'operator'");
    }

    @Test
    void refusesTheSameTokenForOperatorAndViewer() {
        String token = Credential.newOperatorToken();
        SecuritySettings.DeviceCache cache = new SecuritySettings.DeviceCache(Duration.ofSeconds(10), 10);
        assertThatThrownBy(() -> new SecuritySettings(token, token, SecuritySettings.DeviceCertificates.OFF, cache))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("evenkeel.viewer-token")
                .hasMessageNotContaining(token);
    }

    private OperatorToken start(@Nullable String configured) {
        PrintStream out = new PrintStream(console, true, StandardCharsets.UTF_8);
        OperatorToken token =
                new OperatorToken(settings(configured), jdbc, new TurnedClock(), new ConsoleSecretPrinter(out));
        token.generateIfAbsent();
        return token;
    }

    private String printed() {
        Matcher matcher = TOKEN.matcher(console.toString(StandardCharsets.UTF_8));
        assertThat(matcher.find()).isTrue();
        return matcher.group();
    }

    private static SecuritySettings settings(@Nullable String configured) {
        return new SecuritySettings(
                configured,
                null,
                SecuritySettings.DeviceCertificates.OFF,
                new SecuritySettings.DeviceCache(Duration.ofSeconds(10), 10));
    }

    private static DriverManagerDataSource database() {
        DriverManagerDataSource database =
                new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        CoordinatorSchema.create(database, Dialect.H2);
        return database;
    }
}
