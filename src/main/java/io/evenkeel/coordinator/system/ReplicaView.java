package io.evenkeel.coordinator.system;

import java.time.Instant;

/**
 * A coordinator on this database.
 *
 * @param name HOST:PROCESS:NUMBER, a new one at each start
 * @param version the coordinator's version
 * @param java its Java version
 * @param startedAt when it started
 * @param seenAt its last heartbeat
 * @param alive whether that is at most three heartbeat intervals ago
 */
record ReplicaView(String name, String version, String java, Instant startedAt, Instant seenAt, boolean alive) {}
