package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.access.DeviceCache;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.coordinator.selection.SelectorLimit;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lists and revokes enrolled clients, and rotates their secrets. Thread-safe. */
@Component
class EnrolledClients {

    private final ClientRepository clients;
    private final ClientQuery query;
    private final DeviceCache devices;
    private final Members members;
    private final DurableTransactions transactions;
    private final SelectorLimit selectors;
    private final Clock clock;

    EnrolledClients(
            ClientRepository clients,
            ClientQuery query,
            DeviceCache devices,
            Members members,
            DurableTransactions transactions,
            SelectorLimit selectors,
            Clock clock) {
        this.clients = clients;
        this.query = query;
        this.devices = devices;
        this.members = members;
        this.transactions = transactions;
        this.selectors = selectors;
        this.clock = clock;
    }

    Client client(String id) {
        return clients.findById(id).orElseThrow(() -> notFound(id));
    }

    /** Returns the error for an unknown client id. */
    static ProblemException notFound(String id) {
        return ProblemKind.CLIENT_NOT_FOUND
                .because("there is no client '" + id + "'", "see GET /api/v1/clients")
                .with("client", id);
    }

    /** Returns up to {@code limit} clients that match a filter, oldest first, starting with the first or after the given one. */
    List<ClientView> list(DeviceFilter filter, @Nullable String after, int limit) {
        Client last = after == null ? null : client(after);
        return selectors.run(filter.selector(), () -> transactions.read(() -> query.page(filter, last, limit)));
    }

    ClientQuery.Counts count(DeviceFilter filter) {
        return selectors.run(filter.selector(), () -> transactions.read(() -> query.count(filter)));
    }

    /**
     * Revokes a client: its next request is refused, and it leaves its runs. A client that was already revoked leaves
     * runs that it has joined since.
     */
    void revoke(String id) {
        client(id);
        members.expel(id, () -> clients.revoke(id, clock.instant()));
        // Runs after the commit; before it, another request could cache the old entry again.
        devices.forget(id);
    }

    /**
     * Creates a device's next secret, which replaces the current one on its first use. Until then both are valid, and
     * another call replaces the next secret, so a lost response does not lock the device out.
     *
     * @return the secret, which is not stored
     */
    String rotate(String id) {
        String secret = Credential.newDeviceToken(id);
        transactions.write(() -> clients.prepareSecret(id, Credential.hash(secret)));
        devices.forget(id);
        return secret;
    }
}
