package io.evenkeel.coordinator.system;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.integrity.SumCheck;
import io.evenkeel.coordinator.platform.lease.HeldLease;
import io.evenkeel.coordinator.platform.storage.DatabaseStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The installation as seen by the coordinator that answers.
 *
 * @param now its clock
 * @param answeredBy the coordinator that answers
 * @param heap its heap
 * @param database the database
 * @param warnings settings and locations that can lose acknowledged messages, each a sentence with advice
 * @param missingObjects the names of the objects that are missing in the object store, at most 10,000
 * @param replicas all coordinators on the database
 * @param leases the coordinator that advances each run, at most 200
 * @param checks the last verification of each run, newest first, at most 50
 * @param alerts the alerts that fire; absent if no Prometheus is configured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SystemView(
        Instant now,
        ReplicaView answeredBy,
        Heap heap,
        DatabaseStatus.Snapshot database,
        List<String> warnings,
        List<String> missingObjects,
        List<ReplicaView> replicas,
        List<HeldLease> leases,
        List<SumCheck> checks,
        @Nullable FiringAlerts alerts) {

    /**
     * A heap.
     *
     * @param usedBytes the bytes in use, garbage included
     * @param maximumBytes its maximum size
     * @param budget how it is divided, in bytes by purpose
     */
    record Heap(long usedBytes, long maximumBytes, Map<String, Long> budget) {}
}
