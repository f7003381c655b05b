package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.selection.SelectorLimit;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.selection.DevicePart;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Finds the devices that an evaluation asks. Reads at most 10,000 devices. Thread-safe. */
@Component
class AskedDevicesQuery {

    private static final int MAX_DEVICES = 10_000;

    private final EvaluationTable table;
    private final EvaluationResults results;
    private final ClientDirectory clients;
    private final SelectorLimit selectors;
    private final DurableTransactions transactions;

    AskedDevicesQuery(
            EvaluationTable table,
            EvaluationResults results,
            ClientDirectory clients,
            SelectorLimit selectors,
            DurableTransactions transactions) {
        this.table = table;
        this.results = results;
        this.clients = clients;
        this.selectors = selectors;
        this.transactions = transactions;
    }

    /**
     * Returns the devices that have answered, or those that have not.
     *
     * @param limit the maximum number of devices to list
     * @throws io.evenkeel.engine.problem.ProblemException {@code evaluation-not-found}
     */
    AskedDevices of(String name, boolean answered, int limit) {
        EvaluationRound evaluation =
                transactions.read(() -> table.find(name)).orElseThrow(() -> Evaluations.notFound(name));
        return selectors.run(evaluation.selector(), () -> transactions.read(() -> of(evaluation, answered, limit)));
    }

    private AskedDevices of(EvaluationRound evaluation, boolean answered, int limit) {
        List<String> chosen =
                clients.chosen(evaluation.selector(), evaluation.model().run(), MAX_DEVICES + 1);
        DevicePart part = new DevicePart(evaluation.seed(), 0, evaluation.share());
        List<String> asked =
                chosen.stream().limit(MAX_DEVICES).filter(part::contains).toList();
        Set<String> done = new HashSet<>(results.answered(evaluation.key(), asked));
        List<String> listed = asked.stream()
                .filter(client -> done.contains(client) == answered)
                .limit(limit)
                .toList();
        Map<String, ClientDirectory.Entry> entries = clients.entries(listed);
        return new AskedDevices(
                asked.size(),
                done.size(),
                chosen.size() <= MAX_DEVICES,
                listed.stream()
                        .map(client -> device(client, entries.getOrDefault(client, ClientDirectory.Entry.UNKNOWN)))
                        .toList());
    }

    private static AskedDevices.Device device(String client, ClientDirectory.Entry entry) {
        return new AskedDevices.Device(client, entry.name(), entry.lastSeenAt());
    }
}
