package io.evenkeel.cli.plan;

import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a plan for programs. */
final class PlanDocument {

    private PlanDocument() {}

    static ObjectNode of(Estimate estimate) {
        Workload workload = estimate.workload();
        ObjectNode plan = JsonMapper.shared().createObjectNode();
        plan.putObject("round")
                .put("devices", workload.devices())
                .put("participants", workload.participants())
                .put("perHour", workload.roundsPerHour())
                .put("shortestSeconds", estimate.shortestRound())
                .put("messageValues", workload.values())
                .put("messageBytes", estimate.message())
                .put("updateBytes", estimate.update())
                .put("downloadBytes", estimate.download());
        plan.putObject("coordinators")
                .put("replicas", workload.replicas())
                .put("cores", estimate.cores())
                .put("heapBytes", estimate.heap())
                .put("memoryBytes", estimate.memory())
                .put("processorSecondsPerHour", estimate.coordinatorSeconds())
                .put("waitingDevices", estimate.waiting());
        plan.putObject("database")
                .put("kind", workload.database().name().toLowerCase(Locale.ROOT))
                .put("cores", estimate.databaseCores())
                .put(
                        "connections",
                        workload.database() == Workload.Database.H2 ? 0 : workload.replicas() * Estimate.CONNECTIONS)
                .put("processorSecondsPerHour", estimate.databaseSeconds())
                .put("bytesAfterYear", Math.round(estimate.databaseAfterYear()))
                .put("keptForEverBytesPerDay", Math.round(estimate.databaseGrowth()))
                .put("walBytesPerDay", Math.round(estimate.wal()));
        plan.putObject("storage")
                .put("kind", workload.store().name().toLowerCase(Locale.ROOT))
                .put("bytesAfterYear", Math.round(estimate.storeAfterYear()))
                .put("keptForEverBytesPerDay", Math.round(estimate.storeGrowth()))
                .put("writtenBytesPerDay", Math.round(estimate.storeWrites()));
        plan.putObject("network")
                .put("uplinkBytesPerHour", Math.round(estimate.uplinkPerHour()))
                .put("downlinkBytesPerHour", Math.round(estimate.downlinkPerHour()));
        ArrayNode limits = plan.putArray("limits");
        for (Limit limit : Limit.of(estimate)) {
            limits.addObject()
                    .put("resource", limit.resource())
                    .put("roundsPerHour", limit.roundsPerHour())
                    .put("remedy", limit.remedy());
        }
        ArrayNode warnings = plan.putArray("warnings");
        Warnings.of(estimate).forEach(warnings::add);
        return plan;
    }
}
