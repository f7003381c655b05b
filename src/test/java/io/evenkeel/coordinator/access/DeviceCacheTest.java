package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceCacheTest {

    private final Counting registry = new Counting();
    private final TurnedClock clock = new TurnedClock();
    private final DeviceCache cache = new DeviceCache(
            registry,
            clock,
            new SecuritySettings(
                    null,
                    null,
                    SecuritySettings.DeviceCertificates.OFF,
                    new SecuritySettings.DeviceCache(Duration.ofSeconds(10), 2)));

    @Test
    void queriesOnceInTenSeconds() {
        registry.put("a", false);
        for (int i = 0; i < 10; i++) {
            assertThat(cache.find("a")).isPresent();
            clock.advance(Duration.ofMillis(999));
        }
        assertThat(registry.lookUps).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        cache.find("a");
        assertThat(registry.lookUps).isEqualTo(2);
    }

    @Test
    void seesARevocationElsewhereAfterTenSeconds() {
        registry.put("a", false);
        cache.find("a");
        registry.put("a", true);
        assertThat(cache.find("a").orElseThrow().revoked()).isFalse();
        clock.advance(Duration.ofSeconds(10));
        assertThat(cache.find("a").orElseThrow().revoked()).isTrue();
    }

    @Test
    void seesARevocationHereAtOnce() {
        registry.put("a", false);
        cache.find("a");
        registry.put("a", true);
        cache.forget("a");
        assertThat(cache.find("a").orElseThrow().revoked()).isTrue();
    }

    @Test
    void doesNotKeepWhatWasReadBeforeARevocation() {
        registry.put("a", false);
        registry.meanwhile = () -> {
            registry.put("a", true);
            cache.forget("a");
        };
        cache.find("a");
        registry.meanwhile = () -> {};
        assertThat(cache.find("a").orElseThrow().revoked()).isTrue();
    }

    @Test
    void evictsTheLeastRecentlyUsedDevice() {
        registry.put("a", false);
        registry.put("b", false);
        registry.put("c", false);
        cache.find("a");
        cache.find("b");
        cache.find("a");
        cache.find("c");
        cache.find("a");
        assertThat(registry.lookUps).isEqualTo(3);
        cache.find("b");
        assertThat(registry.lookUps).isEqualTo(4);
    }

    @Test
    void unknownIdsEvictNoDevice() {
        registry.put("a", false);
        cache.find("a");
        for (int i = 0; i < 100; i++) {
            assertThat(cache.find("no" + i)).isEmpty();
        }
        registry.lookUps = 0;
        cache.find("a");
        assertThat(registry.lookUps).isZero();
    }

    @Test
    void recordsADeviceAsSeenOnce() {
        registry.put("a", false);
        for (int i = 0; i < 3; i++) {
            cache.seen("a", cache.find("a").orElseThrow());
        }
        assertThat(registry.seen).isEqualTo(1);
    }

    private static final class Counting implements DeviceRegistry {

        private final Map<String, Entry> entries = new HashMap<>();
        private int lookUps;
        private int seen;
        private Runnable meanwhile = () -> {};

        void put(String client, boolean revoked) {
            entries.put(client, new Entry("00", null, null, null, revoked, false));
        }

        @Override
        public Optional<String> clientWith(String certificate) {
            throw new UnsupportedOperationException("no certificates are shown here");
        }

        @Override
        public void promote(String client, String nextHash) {
            throw new UnsupportedOperationException("no secret is rotated here");
        }

        @Override
        public Optional<Entry> find(String client) {
            lookUps++;
            Optional<Entry> found = Optional.ofNullable(entries.get(client));
            meanwhile.run();
            return found;
        }

        @Override
        public void seen(String client) {
            seen++;
        }
    }
}
