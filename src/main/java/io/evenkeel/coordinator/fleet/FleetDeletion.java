package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.DeviceCache;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import java.time.Instant;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/**
 * Deletes revoked clients that are in no run, and enrolment tokens that admit no device any more. Results of evaluations and reports of
 * roll-outs keep a deleted client's id, and clients the id of the deleted token with which they enrolled. Thread-safe.
 */
@Component
public class FleetDeletion {

    private final ClientRepository clients;
    private final EnrolmentTokenRepository tokens;
    private final ProfileTable profiles;
    private final MemberTable members;
    private final DeviceCache devices;
    private final DurableTransactions transactions;
    private final TrustedTime time;

    FleetDeletion(
            ClientRepository clients,
            EnrolmentTokenRepository tokens,
            ProfileTable profiles,
            MemberTable members,
            DeviceCache devices,
            DurableTransactions transactions,
            TrustedTime time) {
        this.clients = clients;
        this.tokens = tokens;
        this.profiles = profiles;
        this.members = members;
        this.devices = devices;
        this.transactions = transactions;
        this.time = time;
    }

    /** Returns the ids of up to {@code limit} clients that were revoked before a time, in their order, after one. */
    public List<String> revokedBefore(Instant time, String after, int limit) {
        return transactions.read(() -> clients.revokedBefore(time, after, Limit.of(limit)));
    }

    /**
     * Refuses a client that cannot be deleted now.
     *
     * @throws ProblemException as {@link #deleteClient}
     */
    public void requireDeletable(String id) {
        transactions.read(() -> {
            requireDeletable(clients.findById(id).orElseThrow(() -> EnrolledClients.notFound(id)));
            return true;
        });
    }

    /**
     * Deletes a client.
     *
     * @throws ProblemException {@code client-not-found}, {@code still-valid} if it is not revoked, {@code in-use} if it is or was in a
     *     run
     */
    public void deleteClient(String id) {
        long profile = transactions.write(() -> {
            Client client = clients.lock(id).orElseThrow(() -> EnrolledClients.notFound(id));
            requireDeletable(client);
            clients.delete(client);
            return client.profileId();
        });
        profiles.deleteIfUnused(profile, transactions);
        devices.forget(id);
    }

    private void requireDeletable(Client client) {
        String id = client.getId();
        if (client.revokedAt().isEmpty()) {
            throw ProblemKind.STILL_VALID
                    .because("client " + id + " is not revoked", "revoke it first")
                    .with("client", id);
        }
        members.runOf(id).ifPresent(run -> {
            throw ProblemKind.IN_USE
                    .because(
                            "client " + id + " is or was a member of run '" + run
                                    + "', whose messages are verified and exported with their senders",
                            "delete its runs first, or keep it: a revoked client can do nothing")
                    .with("client", id)
                    .with("run", run);
        });
    }

    /** Returns the ids of up to {@code limit} tokens that have admitted no device since before a time, in their order, after one. */
    public List<String> spentBefore(Instant time, String after, int limit) {
        return transactions.read(() -> tokens.spentBefore(time, after, Limit.of(limit)));
    }

    /**
     * Refuses a token that cannot be deleted now.
     *
     * @throws ProblemException as {@link #deleteToken}
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
     * Deletes a token. A token that is spent stays so.
     *
     * @throws ProblemException {@code enrolment-token-not-found}, {@code still-valid} if it can admit a device
     */
    public void deleteToken(String id) {
        requireSpent(id);
        transactions.write(() -> tokens.deleteById(id));
    }
}
