package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.integrity.SumChecks;
import io.evenkeel.coordinator.member.MissingObjects;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.storage.DatabaseStatus;
import io.evenkeel.core.heap.HeapBudget;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the state of the installation over HTTP. */
@Tag(name = "System")
@RestController
class SystemController {

    private static final int MAX_LEASES = 200;
    private static final int MAX_CHECKS = 50;

    private final ReplicaHeartbeat replicas;
    private final Leases leases;
    private final DatabaseStatus database;
    private final DurabilityHealthIndicator durability;
    private final MissingObjects missing;
    private final SumChecks checks;
    private final HeapBudget heap;
    private final PrometheusClient prometheus;
    private final Clock clock;

    SystemController(
            ReplicaHeartbeat replicas,
            Leases leases,
            DatabaseStatus database,
            DurabilityHealthIndicator durability,
            MissingObjects missing,
            SumChecks checks,
            HeapBudget heap,
            PrometheusClient prometheus,
            Clock clock) {
        this.replicas = replicas;
        this.leases = leases;
        this.database = database;
        this.durability = durability;
        this.missing = missing;
        this.checks = checks;
        this.heap = heap;
        this.prometheus = prometheus;
        this.clock = clock;
    }

    @Operation(
            summary = "Show the installation",
            description =
                    "Replicas, leases, database, memory, the last verifications of runs, and the alerts that fire if"
                            + " evenkeel.prometheus.url is set.")
    @GetMapping(path = "/api/v1/system", produces = MediaType.APPLICATION_JSON_VALUE)
    SystemView getSystem() {
        Instant now = clock.instant();
        return new SystemView(
                now,
                replicas.me(),
                heap(),
                database.read(),
                durability.warnings(),
                missing.names(),
                replicas.replicas(),
                leases.held(MAX_LEASES),
                checks.newest(MAX_CHECKS),
                prometheus.firing().orElse(null));
    }

    private SystemView.Heap heap() {
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        Map<String, Long> budget = Arrays.stream(HeapBudget.Share.values())
                .collect(Collectors.toMap(HeapBudget.Share::text, heap::of, (one, other) -> one, LinkedHashMap::new));
        return new SystemView.Heap(used, heap.heap(), budget);
    }
}
