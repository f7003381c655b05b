package io.evenkeel.coordinator.access;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The operator's token: either configured, or generated after the first successful start; only its hash is stored.
 *
 * <p>While a token is configured, it replaces the generated one. Thread-safe.
 */
@Component
class OperatorToken {

    /** The name of callers with this token. */
    static final String NAME = "operator-token";

    private final JdbcClient jdbc;
    private final Clock clock;
    private final ConsoleSecretPrinter announcement;

    /** The hash; null until the first start has succeeded. */
    private volatile @Nullable String hash;

    OperatorToken(SecuritySettings settings, JdbcClient jdbc, Clock clock, ConsoleSecretPrinter announcement) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.announcement = announcement;
        String configured = settings.operatorToken();
        this.hash =
                configured != null ? Credential.hash(configured) : stored(jdbc).orElse(null);
    }

    /**
     * Generates and prints the token if there is none. A failed start does not generate one, so the next start prints
     * it.
     */
    @EventListener(ApplicationReadyEvent.class)
    void generateIfAbsent() {
        if (hash == null) {
            hash = generate();
        }
    }

    boolean is(String token) {
        String expected = hash;
        return expected != null && Credential.matches(token, expected);
    }

    private static Optional<String> stored(JdbcClient jdbc) {
        return jdbc.sql("SELECT hash FROM operator_token WHERE id = 1")
                .query(String.class)
                .optional();
    }

    private String generate() {
        String token = Credential.newOperatorToken();
        try {
            jdbc.sql("INSERT INTO operator_token (id, hash, created_at) VALUES (1, ?, ?)")
                    .params(Credential.hash(token), Timestamp.from(clock.instant()))
                    .update();
        } catch (DuplicateKeyException anotherReplicaWasFirst) {
            return stored(jdbc).orElseThrow(() -> anotherReplicaWasFirst);
        }
        announcement.operatorToken(token);
        return Credential.hash(token);
    }
}
