package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.access.DeviceCache;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.selection.Attributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Erases a revoked device: its name, the certificate's name, attributes, labels, secret and times, and the
 * data about it in other tables. The row is deleted too, unless the device is or was a member of a run. Then
 * the id stays, because the run's receipts refer to it, until the device's last run is deleted. Thread-safe.
 */
@Component
class DeviceErasure {

    private static final int CLIENTS_AT_ONCE = 200;

    private final ClientRepository clients;
    private final EnrolmentTokenRepository tokens;
    private final ProfileTable profiles;
    private final MemberTable members;
    private final DeviceCache devices;
    private final List<DeviceRows> rows;
    private final DurableTransactions transactions;

    DeviceErasure(
            ClientRepository clients,
            EnrolmentTokenRepository tokens,
            ProfileTable profiles,
            MemberTable members,
            DeviceCache devices,
            List<DeviceRows> rows,
            DurableTransactions transactions) {
        this.clients = clients;
        this.tokens = tokens;
        this.profiles = profiles;
        this.members = members;
        this.devices = devices;
        this.rows = rows;
        this.transactions = transactions;
    }

    /**
     * Erases a client that {@link FleetDeletion} has found to be revoked; returns the remaining record, if
     * any.
     */
    Optional<Client> erase(String id) {
        record Outcome(long profile, Optional<String> certificate, Optional<Client> left) {}
        Outcome outcome = transactions.write(() -> {
            Client client = clients.lock(id).orElseThrow(() -> EnrolledClients.notFound(id));
            Outcome found = new Outcome(client.profileId(), client.certificate(), left(client));
            eraseElsewhere(client);
            if (found.left().isEmpty()) {
                clients.delete(client);
            } else {
                client.erase();
            }
            return found;
        });
        profiles.deleteIfUnused(outcome.profile(), transactions);
        devices.forget(id);
        outcome.certificate().ifPresent(devices::forgetCertificate);
        return outcome.left();
    }

    private Optional<Client> left(Client client) {
        return members.runOf(client.getId()).map(run -> client);
    }

    private void eraseElsewhere(Client client) {
        Profile profile = profiles.profiles(List.of(client.profileId())).getOrDefault(client.profileId(), Profile.NONE);
        ErasedDevice device = new ErasedDevice(
                client.getId(),
                Credential.newId(),
                client.name().orElse(null),
                profile.visible(),
                ownTexts(client, profile));
        rows.forEach(some -> some.erase(device));
        // The description of a token for one device also describes the device.
        tokens.forgetDescription(client.enrolledBy());
    }

    private Set<String> ownTexts(Client client, Profile profile) {
        Set<String> own = new TreeSet<>();
        client.certificate().ifPresent(own::add);
        client.name().filter(name -> clients.countByName(name) == 1).ifPresent(own::add);
        Stream.of(profile.attributes(), profile.labels())
                .map(Attributes::values)
                .forEach(values -> values.forEach((key, value) -> {
                    if (!profiles.isShared(key, value, client.getId())) {
                        own.add(value);
                    }
                }));
        return own;
    }

    /** Deletes the rows of erased clients whose last run has been deleted. */
    void deleteWithoutRuns() {
        String after = "";
        List<String> erased;
        do {
            String last = after;
            erased = transactions.read(() -> clients.erasedAfter(last, CLIENTS_AT_ONCE));
            for (String id : erased) {
                if (transactions.read(() -> members.runOf(id)).isEmpty()) {
                    transactions.writeLazily(() -> clients.deleteById(id));
                }
                after = id;
            }
        } while (!erased.isEmpty());
    }
}
