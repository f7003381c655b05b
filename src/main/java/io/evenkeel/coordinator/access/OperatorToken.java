package io.evenkeel.coordinator.access;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The operator's token: the configured one, or the one generated at the first start, of which only the hash is kept.
 *
 * <p>A configured token replaces the generated one while it is configured. Thread-safe.
 */
@Component
class OperatorToken {

    /** The name of callers who have it. */
    static final String NAME = "operator-token";

    private final String hash;

    OperatorToken(SecuritySettings settings, JdbcClient jdbc, Clock clock, ConsoleSecretPrinter announcement) {
        String configured = settings.operatorToken();
        hash = configured != null
                ? Credential.hash(configured)
                : stored(jdbc).orElseGet(() -> generate(jdbc, clock, announcement));
    }

    boolean is(String token) {
        return Credential.matches(token, hash);
    }

    private static Optional<String> stored(JdbcClient jdbc) {
        return jdbc.sql("SELECT hash FROM operator_token WHERE id = 1")
                .query(String.class)
                .optional();
    }

    private static String generate(JdbcClient jdbc, Clock clock, ConsoleSecretPrinter announcement) {
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
