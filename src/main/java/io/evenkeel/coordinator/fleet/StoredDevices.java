package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.DeviceRegistry;
import io.evenkeel.coordinator.member.ClientLocks;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds clients' hashed secrets for each request, records when a client was last seen, and locks clients. Thread-safe. */
@Component
class StoredDevices implements DeviceRegistry, ClientLocks {

    /**
     * The time at which a client was last seen is written at most once per interval, not on every request.
     */
    private static final Duration SEEN_EVERY = Duration.ofMinutes(5);

    private final ClientRepository clients;
    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private final Clock clock;

    StoredDevices(ClientRepository clients, JdbcClient jdbc, DurableTransactions transactions, Clock clock) {
        this.clients = clients;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public Optional<Entry> find(String id) {
        Instant before = clock.instant().minus(SEEN_EVERY);
        // Runs every few seconds for each device, so it uses JDBC: JPA takes about five times as long.
        return jdbc.sql("SELECT secret_hash, next_secret_hash, run, certificate, revoked_at IS NOT NULL, last_seen_at"
                        + " FROM client WHERE id = ?")
                .param(id)
                .query((row, i) -> new Entry(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getBoolean(5),
                        isAfter(row.getObject(6, OffsetDateTime.class), before)))
                .optional();
    }

    private static boolean isAfter(@Nullable OffsetDateTime seen, Instant before) {
        return seen != null && seen.toInstant().isAfter(before);
    }

    @Override
    public boolean lockAndIsRevoked(String client) {
        return jdbc.sql("SELECT revoked_at IS NOT NULL FROM client WHERE id = ? FOR UPDATE")
                .param(client)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    @Override
    public Optional<String> clientWith(String certificate) {
        return clients.findFirstByCertificateOrderByEnrolledAtDescIdDesc(certificate)
                .map(Client::getId);
    }

    @Override
    public void promote(String id, String nextHash) {
        transactions.write(() -> clients.promoteSecret(id, nextHash));
    }

    @Override
    public void seen(String id) {
        Instant now = clock.instant();
        transactions.writeLazily(() -> clients.seen(id, now, now.minus(SEEN_EVERY)));
    }
}
