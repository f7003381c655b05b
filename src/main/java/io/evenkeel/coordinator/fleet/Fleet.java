package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.access.DeviceCache;
import io.evenkeel.coordinator.platform.problem.Problem;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.Members;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/** The clients that enrolled, their revocation and their secrets' rotation. Thread-safe. */
@Component
class Fleet {

    private final ClientRepository clients;
    private final DeviceCache devices;
    private final Members members;
    private final DurableTransactions transactions;
    private final Clock clock;

    Fleet(
            ClientRepository clients,
            DeviceCache devices,
            Members members,
            DurableTransactions transactions,
            Clock clock) {
        this.clients = clients;
        this.devices = devices;
        this.members = members;
        this.transactions = transactions;
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

    /**
     * Revokes a client: its next request is refused, and it leaves its runs as if by its own wish. Of a client that is revoked
     * already only the latter, should it have got into a run.
     */
    void revoke(String id) {
        client(id);
        members.expel(id, () -> clients.revoke(id, clock.instant()));
        // After the commit, or another request could bring the old entry back.
        devices.forget(id);
    }

    /**
     * Gives a device another secret, which takes over once it is used. Until then both are good, and asking again replaces the new
     * one: an answer that was lost locks nobody out.
     *
     * @return the secret, which is known here only now
     */
    String rotate(String id) {
        String secret = Credential.newDeviceToken(id);
        transactions.write(() -> clients.prepareSecret(id, Credential.hash(secret)));
        devices.forget(id);
        return secret;
    }
}
