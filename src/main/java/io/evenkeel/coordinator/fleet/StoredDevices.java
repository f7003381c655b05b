package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.security.DeviceRegistry;
import io.evenkeel.coordinator.storage.DurableTransactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Gives the security filter the clients' hashed secrets, and notes by the way when a client was last seen. */
@Component
class StoredDevices implements DeviceRegistry {

    /** How coarse the time a client was last seen is: a write per client in so much time, not one per request. */
    private static final Duration SEEN_EVERY = Duration.ofMinutes(5);

    private final Clients clients;
    private final DurableTransactions transactions;
    private final Clock clock;

    StoredDevices(Clients clients, DurableTransactions transactions, Clock clock) {
        this.clients = clients;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public Optional<Entry> find(String id) {
        Instant before = clock.instant().minus(SEEN_EVERY);
        return clients.findById(id)
                .map(client -> new Entry(
                        client.secretHash(),
                        client.nextSecretHash().orElse(null),
                        client.run().orElse(null),
                        client.certificate().orElse(null),
                        client.revokedAt().isPresent(),
                        client.lastSeenAt().filter(before::isBefore).isPresent()));
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
