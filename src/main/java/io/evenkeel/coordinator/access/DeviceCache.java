package io.evenkeel.coordinator.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Spares the database a look-up for each request of a device.
 *
 * <p>Bounded: the entry used longest ago goes first. An entry is read again after a few seconds, so that a revocation on
 * another replica takes effect; a revocation on this one does at once. Clients that do not exist are not remembered, so made-up
 * ids push nobody out. Thread-safe; the database is asked outside the lock.
 */
@Component
public class DeviceCache {

    private final DeviceRegistry registry;
    private final Clock clock;
    private final SecuritySettings.DeviceCache settings;
    private final Cache<String, String> certified;
    private final Map<String, Kept> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long forgotten;

    /** Reads through to a registry. */
    public DeviceCache(DeviceRegistry registry, Clock clock, SecuritySettings settings) {
        this.registry = registry;
        this.clock = clock;
        this.settings = settings.deviceCache();
        this.certified = Caffeine.newBuilder()
                .maximumSize(this.settings.size())
                .expireAfterWrite(this.settings.expiry())
                .build();
    }

    /** Returns a device's entry, at most the configured few seconds old. */
    public Optional<DeviceRegistry.Entry> find(String client) {
        Instant now = clock.instant();
        long forgottenBefore;
        synchronized (kept) {
            Kept entry = kept.get(client);
            if (entry != null && now.isBefore(entry.until())) {
                return Optional.of(entry.entry());
            }
            forgottenBefore = forgotten;
        }
        Optional<DeviceRegistry.Entry> read = registry.find(client);
        read.ifPresent(entry -> keep(client, new Kept(entry, now.plus(settings.expiry())), forgottenBefore));
        return read;
    }

    /** Returns the client of a certificate's name, as it was at most the configured few seconds ago. */
    Optional<String> clientWith(String certificate) {
        String known = certified.getIfPresent(certificate);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<String> read = registry.clientWith(certificate);
        read.ifPresent(client -> certified.put(certificate, client));
        return read;
    }

    /** Tells whether a device was found lately, however old its entry is by now. */
    boolean knows(String client) {
        synchronized (kept) {
            return kept.containsKey(client);
        }
    }

    /** Puts a device's next secret in the place of the one before. */
    void promote(String client, String nextHash) {
        registry.promote(client, nextHash);
        forget(client);
    }

    /** Notes that a device has shown its secret, unless that was noted lately. */
    public void seen(String client, DeviceRegistry.Entry entry) {
        if (entry.seenLately()) {
            return;
        }
        registry.seen(client);
        synchronized (kept) {
            kept.computeIfPresent(client, (id, now) -> new Kept(now.entry().justSeen(), now.until()));
        }
    }

    /** Drops a client's entry: its next request asks the database. Called once the revocation is committed. */
    public void forget(String client) {
        synchronized (kept) {
            kept.remove(client);
            forgotten++;
        }
    }

    /** Has the next request with a certificate ask the database whose it is. Called once an enrolment with it is committed. */
    public void forgetCertificate(String certificate) {
        certified.invalidate(certificate);
    }

    private void keep(String client, Kept entry, long forgottenBefore) {
        synchronized (kept) {
            // Whatever was read while something was being revoked may be older than the revocation.
            if (forgotten != forgottenBefore) {
                return;
            }
            kept.put(client, entry);
            if (kept.size() > settings.size()) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
    }

    private record Kept(DeviceRegistry.Entry entry, Instant until) {}
}
