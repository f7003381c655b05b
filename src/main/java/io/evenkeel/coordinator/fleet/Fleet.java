package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.problem.Problem;
import io.evenkeel.coordinator.security.DeviceCache;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The clients that enrolled, and their revocation. Thread-safe. */
@Component
class Fleet {

    private final Clients clients;
    private final DeviceCache devices;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Fleet(Clients clients, DeviceCache devices, TransactionTemplate transaction, Clock clock) {
        this.clients = clients;
        this.devices = devices;
        this.transaction = transaction;
        this.clock = clock;
    }

    Client client(String id) {
        return clients.findById(id)
                .orElseThrow(() -> Problem.CLIENT_NOT_FOUND
                        .because("there is no client '" + id + "'", "see GET /api/v1/clients")
                        .with("client", id));
    }

    /** Returns up to so many clients, oldest first, from the first on or behind the one given. */
    List<Client> list(@Nullable String after, int limit) {
        if (after == null) {
            return clients.findAllByOrderByEnrolledAtAscIdAsc(Limit.of(limit));
        }
        Client last = client(after);
        return clients.after(last.enrolledAt(), last.getId(), Limit.of(limit));
    }

    /** Revokes a client: its next request is refused. Does nothing if it is revoked already. */
    void revoke(String id) {
        transaction.executeWithoutResult(status -> {
            client(id);
            clients.revoke(id, clock.instant());
        });
        // After the commit, or another request could bring the old entry back.
        devices.forget(id);
    }
}
