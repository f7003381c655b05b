package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.evaluation.EvaluationResults;
import io.evenkeel.coordinator.member.MemberQuery;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.rollout.RolloutDeviceTable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the current and past work of a device, for the device's page in the console. */
@Tag(name = "Fleet")
@RestController
@RequestMapping(path = "/api/v1/clients/{client}", produces = MediaType.APPLICATION_JSON_VALUE)
class DeviceHistoryController {

    private final MemberQuery members;
    private final RolloutDeviceTable rollouts;
    private final EvaluationResults evaluations;
    private final DurableTransactions transactions;

    DeviceHistoryController(
            MemberQuery members,
            RolloutDeviceTable rollouts,
            EvaluationResults evaluations,
            DurableTransactions transactions) {
        this.members = members;
        this.rollouts = rollouts;
        this.evaluations = evaluations;
        this.transactions = transactions;
    }

    @Operation(
            summary = "List the runs that a client has joined, newest first",
            description = "Includes the runs that it has left.")
    @GetMapping("/runs")
    List<MemberQuery.Joined> listDeviceRuns(@PathVariable String client) {
        return members.runsOf(client);
    }

    @Operation(
            summary = "List the roll-outs that offered a client a version, newest first",
            description = "Searches the newest 100 roll-outs whose devices are still stored.")
    @GetMapping("/rollouts")
    List<RolloutDeviceTable.OfDevice> listDeviceRollouts(@PathVariable String client) {
        return transactions.read(() -> rollouts.of(client));
    }

    @Operation(
            summary = "List the evaluations to which a client has sent a result, newest first",
            description = "Searches the newest 100 evaluations whose devices are still stored.")
    @GetMapping("/evaluations")
    List<EvaluationResults.OfDevice> listDeviceEvaluations(@PathVariable String client) {
        return transactions.read(() -> evaluations.of(client));
    }
}
