package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.limits.RateLimits;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.Attributes;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Changes devices' attributes and labels. Thread-safe. */
@Component
class ClientProfiles {

    private static final int ATTEMPTS = 10;

    private final ProfileTable profiles;
    private final ClientRepository clients;
    private final DurableTransactions transactions;
    private final RateLimits limits;

    ClientProfiles(
            ProfileTable profiles, ClientRepository clients, DurableTransactions transactions, RateLimits limits) {
        this.profiles = profiles;
        this.clients = clients;
        this.transactions = transactions;
        this.limits = limits;
    }

    /** Returns a device's attributes and labels. */
    Profile of(Client client) {
        return transactions.read(() -> profile(client.profileId()));
    }

    /**
     * Replaces the attributes that a device reports.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code too-many-requests} if it changes them too often
     */
    void report(String client, Attributes attributes) {
        change(client, before -> {
            if (!attributes.equals(before.attributes())) {
                limits.attributeChange(client);
            }
            return new Profile(attributes, before.labels());
        });
    }

    /**
     * Adds, replaces and, where the value is null, removes labels of a device.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid}, {@code client-not-found}, {@code conflict} if it
     *     was erased
     */
    void label(String client, Map<String, @Nullable String> changes) {
        change(
                client,
                before -> new Profile(
                        before.attributes(),
                        Attributes.checked("labels", before.labels().patched(changes))));
    }

    private void change(String client, UnaryOperator<Profile> change) {
        long before = changeAgain(client, change, 1);
        profiles.deleteIfUnused(before, transactions);
    }

    /**
     * Retries a change, up to the maximum number of attempts, because another device may insert or delete the
     * needed profile during any of them.
     */
    private long changeAgain(String client, UnaryOperator<Profile> change, int attempt) {
        try {
            return transactions.write(() -> changeOnce(client, change));
        } catch (DataIntegrityViolationException sameProfileAtOnce) {
            if (attempt == ATTEMPTS) {
                throw sameProfileAtOnce;
            }
            return changeAgain(client, change, attempt + 1);
        }
    }

    /**
     * Changes a profile once; returns the key of the device's previous profile, or of the empty profile if
     * nothing has changed.
     */
    private long changeOnce(String id, UnaryOperator<Profile> change) {
        Client client = clients.lock(id).orElseThrow(() -> EnrolledClients.notFound(id));
        if (client.isErased()) {
            throw ProblemKind.CONFLICT
                    .because("client " + id + " was erased", "enrol the device as another client")
                    .with("client", id);
        }
        long before = client.profileId();
        Profile known = profile(before);
        Profile changed = change.apply(known);
        if (changed.equals(known)) {
            return ProfileTable.NONE;
        }
        client.describe(profiles.key(changed));
        return before;
    }

    private Profile profile(long key) {
        return profiles.profiles(List.of(key)).getOrDefault(key, Profile.NONE);
    }
}
