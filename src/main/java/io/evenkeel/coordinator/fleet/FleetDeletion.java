package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/**
 * Deletes revoked clients, and enrolment tokens that can no longer admit devices. Clients keep the id of the deleted
 * token with which they enrolled. Thread-safe.
 */
@Component
public class FleetDeletion {

    private final ClientRepository clients;
    private final EnrolmentTokenRepository tokens;
    private final DeviceErasure erasure;
    private final DurableTransactions transactions;
    private final TrustedTime time;

    FleetDeletion(
            ClientRepository clients,
            EnrolmentTokenRepository tokens,
            DeviceErasure erasure,
            DurableTransactions transactions,
            TrustedTime time) {
        this.clients = clients;
        this.tokens = tokens;
        this.erasure = erasure;
        this.transactions = transactions;
        this.time = time;
    }

    /**
     * Returns up to {@code limit} ids of clients that were revoked before a time and have not been erased,
     * sorted, starting after a given id.
     */
    public List<String> revokedBefore(Instant time, String after, int limit) {
        return transactions.read(() -> clients.revokedBefore(time, after, Limit.of(limit)));
    }

    /**
     * Checks that a client can be deleted now.
     *
     * @throws ProblemException as for {@link #deleteClient}
     */
    public void requireDeletable(String id) {
        transactions.read(() -> {
            requireRevoked(clients.findById(id).orElseThrow(() -> EnrolledClients.notFound(id)));
            return true;
        });
    }

    /**
     * Deletes a client, or erases it if it is or was a member of a run.
     *
     * @return the remaining record; empty if there is none
     * @throws ProblemException {@code client-not-found}, {@code still-valid} if it is not revoked
     */
    public Optional<Client> deleteClient(String id) {
        requireDeletable(id);
        return erasure.erase(id);
    }

    private static void requireRevoked(Client client) {
        if (client.revokedAt().isEmpty()) {
            throw ProblemKind.STILL_VALID
                    .because("client " + client.getId() + " is not revoked", "revoke it first")
                    .with("client", client.getId());
        }
    }

    /** Deletes the remaining records of erased clients whose last run has been deleted. */
    public void deleteErased() {
        erasure.deleteWithoutRuns();
    }

    /**
     * Returns up to {@code limit} ids of tokens that could no longer admit a device at a given time, sorted,
     * starting after a given id.
     */
    public List<String> spentBefore(Instant time, String after, int limit) {
        return transactions.read(() -> tokens.spentBefore(time, after, Limit.of(limit)));
    }

    /**
     * Checks that a token can be deleted now.
     *
     * @throws ProblemException as for {@link #deleteToken}
     */
    public void requireSpent(String id) {
        EnrolmentToken token = transactions.read(() -> tokens.findById(id)).orElseThrow(() -> Enrolment.notFound(id));
        if (!token.isSpent(time.forRetention())) {
            throw ProblemKind.STILL_VALID.because(
                    "enrolment token " + id + " still admits " + token.usesLeft()
                            + (token.usesLeft() == 1 ? " device" : " devices"),
                    "revoke it first");
        }
    }

    /**
     * Deletes a token. The check needs no lock, since a spent token stays spent.
     *
     * @throws ProblemException {@code enrolment-token-not-found}, {@code still-valid} if it can admit a device
     */
    public void deleteToken(String id) {
        requireSpent(id);
        transactions.write(() -> tokens.deleteById(id));
    }
}
