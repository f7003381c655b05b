package io.evenkeel.coordinator.platform.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Counts the open connections of each address. Thread-safe. */
final class OpenConnections {

    private final Map<Object, Opened> connections = new ConcurrentHashMap<>();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    private record Opened(String address, long nanos) {}

    /** Returns the number of open connections of an address; an IPv6 /64 counts as one address. */
    int of(String address) {
        return counts.getOrDefault(AddressKey.of(address), 0);
    }

    /**
     * Counts a connection.
     *
     * @param nanos the time, from {@link System#nanoTime}
     */
    void opened(Object connection, String address, long nanos) {
        String key = AddressKey.of(address);
        connections.put(connection, new Opened(key, nanos));
        counts.merge(key, 1, Integer::sum);
    }

    /** Stops counting a connection; does nothing if it is not counted. */
    void closed(@Nullable Object connection) {
        Opened opened = connection == null ? null : connections.remove(connection);
        if (opened != null) {
            counts.computeIfPresent(opened.address(), (address, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Returns the age of a connection, 0 if it is not counted. */
    long ageNanos(Object connection, long nanos) {
        Opened opened = connections.get(connection);
        return opened == null ? 0 : nanos - opened.nanos();
    }
}
