package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.evaluation.SiteResult;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.Attributes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Accepts one result from each device, and relays' results. A result is durable when its method returns.
 * Thread-safe.
 */
@Component
class EvaluationAnswers {

    private final EvaluationTable table;
    private final EvaluationResults results;
    private final EvaluationSites sites;
    private final ClientDirectory clients;
    private final EvaluationMetrics metrics;
    private final DurableTransactions transactions;
    private final Clock clock;

    EvaluationAnswers(
            EvaluationTable table,
            EvaluationResults results,
            EvaluationSites sites,
            ClientDirectory clients,
            EvaluationMetrics metrics,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.results = results;
        this.sites = sites;
        this.clients = clients;
        this.metrics = metrics;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Accepts a device's result. Sending the same result again changes nothing.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code evaluation-not-found},
     *     {@code evaluation-closed}, {@code device-not-chosen}, {@code conflict} if the device has already
     *     sent a different result
     */
    void take(String name, Caller.Device device, EvaluationResult.Checked result) {
        boolean isNew;
        try {
            isNew = transactions.write(() -> takeOnce(name, device, result));
        } catch (DuplicateKeyException sentTwiceAtOnce) {
            isNew = transactions.write(() -> takeOnce(name, device, result));
        }
        if (isNew) {
            metrics.taken();
        }
    }

    /**
     * Accepts a relay's result, which replaces its previous one.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code evaluation-not-found}, {@code evaluation-closed},
     *     {@code device-not-chosen}, {@code invalid} if the client is not a relay
     */
    void take(String name, Caller.Device device, SiteResult result) {
        transactions.write(() -> {
            EvaluationRound evaluation = table.find(name).orElseThrow(() -> Evaluations.notFound(name));
            Attributes visible = visible(device);
            requireRelay(visible, true);
            Optional<SiteResult> before = sites.find(evaluation.key(), device.client());
            if (before.equals(Optional.of(result))) {
                return;
            }
            requireChosen(evaluation, device, visible);
            Instant now = clock.instant();
            // A relay sends one request at a time, and the evaluation's row stays locked from here on.
            int more = result.devices() - before.map(SiteResult::devices).orElse(0);
            if (!table.count(evaluation.key(), more, now)) {
                throw Evaluations.closed(table.find(name).orElseThrow(), now);
            }
            if (before.isEmpty()) {
                results.insertGroups(evaluation.key(), device.client(), visible, evaluation.breakdown());
            }
            sites.replace(evaluation.key(), device.client(), result);
        });
    }

    private static void requireRelay(Attributes visible, boolean isSite) {
        if (RelayedDevices.RELAYS.matches(visible) != isSite) {
            throw ProblemKind.INVALID
                    .because(
                            isSite
                                    ? "site: is present, but this client is not a relay: its attribute kind is not"
                                            + " relay"
                                    : "site: is missing, expected the combined result of the devices of this relay's"
                                            + " site",
                            "send the result of a device, or that of a relay")
                    .with("field", "site");
        }
    }

    private Attributes visible(Caller.Device device) {
        ClientDirectory.Entry entry =
                clients.entries(List.of(device.client())).getOrDefault(device.client(), ClientDirectory.Entry.UNKNOWN);
        return entry.attributes().with(entry.labels());
    }

    /** Returns whether the result is new. */
    private boolean takeOnce(String name, Caller.Device device, EvaluationResult.Checked result) {
        EvaluationRound evaluation = table.find(name).orElseThrow(() -> Evaluations.notFound(name));
        Optional<String> sent = results.digest(evaluation.key(), device.client());
        if (sent.isPresent()) {
            requireSame(evaluation, sent.get().equals(result.digest()));
            return false;
        }
        Attributes visible = visible(device);
        requireRelay(visible, false);
        requireChosen(evaluation, device, visible);
        Instant now = clock.instant();
        if (!table.count(evaluation.key(), 1, now)) {
            throw Evaluations.closed(table.find(name).orElseThrow(), now);
        }
        results.insert(
                evaluation.key(),
                device.client(),
                result.digest(),
                result.samples(),
                result.metrics(),
                visible,
                evaluation.breakdown());
        return true;
    }

    private static void requireSame(EvaluationRound evaluation, boolean same) {
        if (!same) {
            throw ProblemKind.CONFLICT
                    .because(
                            "this device has already sent another result for evaluation '" + evaluation.name() + "'",
                            "keep the first result, which counts")
                    .with("evaluation", evaluation.name());
        }
    }

    private static void requireChosen(EvaluationRound evaluation, Caller.Device device, Attributes visible) {
        String run = evaluation.model().run();
        boolean mayUse = device.run() == null || device.run().equals(run);
        if (!mayUse || !evaluation.devices().admits(device.client(), visible)) {
            throw ProblemKind.DEVICE_NOT_CHOSEN
                    .because(
                            "evaluation '" + evaluation.name() + "' asks "
                                    + (evaluation.selector().isEmpty()
                                            ? "devices"
                                            : "devices with " + evaluation.selector())
                                    + (evaluation.share() < 1 ? ", a random share of " + evaluation.share() : "")
                                    + ", but client " + device.client() + " is not one of them",
                            "drop the result; check in for work that is for this device")
                    .with("evaluation", evaluation.name())
                    .with("client", device.client());
        }
    }
}
