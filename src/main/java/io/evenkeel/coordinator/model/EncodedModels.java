package io.evenkeel.coordinator.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Remembers bodies served lately: a whole fleet asks for the same model within seconds. Bounded by bytes; what was used longest ago
 * goes first. Thread-safe.
 */
@Component
class EncodedModels {

    private static final long MAX_BYTES =
            Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 8);

    private final Map<Key, byte[]> bodies = new LinkedHashMap<>(16, 0.75f, true);
    private long total;

    /**
     * @param run the run's key
     * @param round the model's round
     * @param form the media type and number type, or another name for how it is encoded
     */
    record Key(long run, int round, String form) {}

    synchronized byte @Nullable [] find(Key key) {
        return bodies.get(key);
    }

    /** Keeps a body and returns it. */
    synchronized byte[] keep(Key key, byte[] body) {
        if (body.length > MAX_BYTES / 2) {
            return body;
        }
        byte[] before = bodies.put(key, body);
        total += body.length - (before == null ? 0 : before.length);
        while (total > MAX_BYTES) {
            Key oldest = bodies.keySet().iterator().next();
            byte[] dropped = bodies.remove(oldest);
            total -= dropped == null ? 0 : dropped.length;
        }
        return body;
    }
}
