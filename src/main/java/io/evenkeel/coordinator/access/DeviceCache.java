package io.evenkeel.coordinator.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.coordinator.platform.time.ElapsedTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Caches devices' entries, so that not every request queries the database.
 *
 * <p>The size is limited; the least recently used entry is evicted. An entry is read again after a few
 * seconds, so that a revocation on another replica takes effect; a revocation on this replica takes effect at
 * once. Unknown clients are not cached, so invented ids cannot evict entries. Thread-safe; queries the
 * database outside the lock.
 */
@Component
public class DeviceCache {

    private final DeviceRegistry registry;
    private final ElapsedTime time;
    private final SecuritySettings.DeviceCache settings;
    private final Cache<String, String> certified;

    /** The time of each device's last request, measured by {@link ElapsedTime}. */
    private final Cache<String, Long> requests;

    private final Map<String, Kept> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long forgotten;

    /** Creates a cache in front of a registry. */
    public DeviceCache(DeviceRegistry registry, ElapsedTime time, SecuritySettings settings) {
        this.registry = registry;
        this.time = time;
        this.settings = settings.deviceCache();
        this.requests = Caffeine.newBuilder().maximumSize(this.settings.size()).build();
        this.certified = Caffeine.newBuilder()
                .maximumSize(this.settings.size())
                .expireAfterWrite(this.settings.expiry())
                .build();
    }

    /** Returns a device's entry, at most the configured number of seconds old. */
    public Optional<DeviceRegistry.Entry> find(String client) {
        long now = time.nanos();
        long forgottenBefore;
        synchronized (kept) {
            Kept entry = kept.get(client);
            if (entry != null && now - entry.readAt() < settings.expiry().toNanos()) {
                return Optional.of(entry.entry());
            }
            forgottenBefore = forgotten;
        }
        Optional<DeviceRegistry.Entry> read = registry.find(client);
        read.ifPresent(entry -> keep(client, new Kept(entry, now), forgottenBefore));
        return read;
    }

    /** Returns the client with a certificate's name, at most the configured number of seconds old. */
    Optional<String> clientWith(String certificate) {
        String known = certified.getIfPresent(certificate);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<String> read = registry.clientWith(certificate);
        read.ifPresent(client -> certified.put(certificate, client));
        return read;
    }

    /** Returns whether a device is cached, even if its entry has expired. */
    boolean knows(String client) {
        synchronized (kept) {
            return kept.containsKey(client);
        }
    }

    /** Replaces a device's secret with its next one. */
    void promote(String client, String nextHash) {
        registry.promote(client, nextHash);
        forget(client);
    }

    /** Records that a device has used its secret, unless a recent use has already been recorded. */
    public void seen(String client, DeviceRegistry.Entry entry) {
        requests.put(client, time.nanos());
        if (entry.seenLately()) {
            return;
        }
        registry.seen(client);
        synchronized (kept) {
            kept.computeIfPresent(client, (id, now) -> new Kept(now.entry().justSeen(), now.readAt()));
        }
    }

    /** Returns how long ago a device sent its last request to this replica; empty if unknown. */
    public Optional<Duration> sinceRequest(String client) {
        return Optional.ofNullable(requests.getIfPresent(client)).map(at -> Duration.ofNanos(time.nanos() - at));
    }

    /** Removes a client's entry, so that its next request queries the database. Called after a revocation is committed. */
    public void forget(String client) {
        synchronized (kept) {
            kept.remove(client);
            forgotten++;
        }
    }

    /**
     * Removes a certificate's entry, so that its next request queries the database. Called after an enrolment
     * with that certificate is committed.
     */
    public void forgetCertificate(String certificate) {
        certified.invalidate(certificate);
    }

    private void keep(String client, Kept entry, long forgottenBefore) {
        synchronized (kept) {
            // An entry that was read during a revocation may predate it.
            if (forgotten != forgottenBefore) {
                return;
            }
            kept.put(client, entry);
            if (kept.size() > settings.size()) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
    }

    private record Kept(DeviceRegistry.Entry entry, long readAt) {}
}
