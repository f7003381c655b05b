package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.AttributeSyntax;
import io.evenkeel.engine.selection.DeviceSelector;
import io.evenkeel.engine.selection.SelectorSyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates, cancels and lists evaluations for operators. Thread-safe. */
@Component
class Evaluations {

    private static final Duration USUAL_TIME = Duration.ofHours(24);
    private static final int MAX_SITES = 100;

    private final EvaluationTable table;
    private final EvaluationStatistics statistics;
    private final EvaluatedModels models;
    private final EvaluationEnding ending;
    private final RelayedDevices clients;
    private final EvaluationSites sites;
    private final DurableTransactions transactions;
    private final Clock clock;

    Evaluations(
            EvaluationTable table,
            EvaluationStatistics statistics,
            EvaluatedModels models,
            EvaluationEnding ending,
            RelayedDevices clients,
            EvaluationSites sites,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.statistics = statistics;
        this.models = models;
        this.ending = ending;
        this.clients = clients;
        this.sites = sites;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Creates an evaluation, which accepts results at once.
     *
     * @param operator the name of its creator
     * @throws ProblemException {@code invalid}, {@code name-taken}, and the problems for a missing model,
     *     version, run or round
     */
    EvaluationView create(EvaluationRequest request, String operator) {
        String name = request.name() == null ? Credential.newId() : request.name();
        EvaluationRequest.Devices devices =
                request.devices() == null ? new EvaluationRequest.Devices(null, null, null, null) : request.devices();
        EvaluationRequest.Participants participants = request.participants() == null
                ? new EvaluationRequest.Participants(null, null)
                : request.participants();
        int least = participants.min() == null ? 1 : participants.min();
        require(
                participants.max() == null || participants.max() >= least,
                "participants.max",
                "is " + participants.max() + ", expected at least participants.min, which is " + least);
        List<String> breakdown = request.breakdown() == null ? List.of() : request.breakdown();
        breakdown.forEach(key -> AttributeSyntax.faultInKey(key)
                .ifPresent(fault -> require(false, "breakdown", "has a key that " + fault)));
        DeviceSelector selector = selector(devices.selector());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        EvaluationRound evaluation = new EvaluationRound(
                0,
                name,
                models.resolve(request),
                selector,
                devices.seed() == null ? name : devices.seed(),
                share(devices, selector),
                least,
                participants.max(),
                breakdown.stream().distinct().toList(),
                request.goals() == null ? Map.of() : request.goals(),
                0,
                now.plus(request.time() == null ? USUAL_TIME : request.time()),
                operator,
                now,
                null,
                null,
                null);
        transactions.write(() -> {
            table.insert(evaluation);
            ending.started(table.find(name).orElseThrow());
        });
        return get(name);
    }

    private static DeviceSelector selector(@Nullable String text) {
        try {
            return text == null ? DeviceSelector.ALL : DeviceSelector.parse(text);
        } catch (SelectorSyntaxException e) {
            throw ProblemKind.INVALID
                    .because("devices.selector: " + e.getMessage(), "correct the selector")
                    .with("field", "devices.selector")
                    .with("position", e.position());
        }
    }

    private double share(EvaluationRequest.Devices devices, DeviceSelector selector) {
        Double share = devices.share();
        Long number = devices.number();
        require(share == null || number == null, "devices.number", "is given, but so is devices.share: leave one out");
        if (number != null) {
            long chosen = transactions.read(() -> clients.count(selector));
            return chosen <= number ? 1 : (double) number / chosen;
        }
        require(
                share == null || (share > 0 && share <= 1),
                "devices.share",
                "is " + share + ", expected above 0 and at most 1");
        return share == null ? 1 : share;
    }

    private static void require(boolean holds, String field, String fault) {
        if (!holds) {
            throw ProblemKind.INVALID
                    .because(field + ": " + fault, "correct it and send the request again")
                    .with("field", field);
        }
    }

    /** Returns up to {@code limit} evaluations, newest first, without their statistics. */
    List<EvaluationView> list(String search, int limit) {
        Instant now = clock.instant();
        return transactions.read(() -> table.list(search, limit).stream()
                .map(evaluation -> EvaluationView.of(evaluation, now, null, null))
                .toList());
    }

    /**
     * Returns an evaluation with its statistics.
     *
     * @throws ProblemException {@code evaluation-not-found}
     */
    EvaluationView get(String name) {
        return transactions.read(() -> {
            EvaluationRound evaluation = table.find(name).orElseThrow(() -> notFound(name));
            return EvaluationView.of(
                    evaluation, clock.instant(), statistics.of(evaluation), sites.list(evaluation.key(), MAX_SITES));
        });
    }

    /**
     * Ends an evaluation; its results stay.
     *
     * @throws ProblemException {@code evaluation-not-found}, {@code evaluation-closed}
     */
    EvaluationView cancel(String name) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean cancelled = transactions.write(() -> table.cancel(name, now));
        EvaluationRound evaluation = transactions.read(() -> table.find(name)).orElseThrow(() -> notFound(name));
        if (!cancelled) {
            throw closed(evaluation, now);
        }
        ending.end(evaluation);
        return get(name);
    }

    static ProblemException notFound(String name) {
        return ProblemKind.EVALUATION_NOT_FOUND
                .because("there is no evaluation named '" + name + "'", "GET /api/v1/evaluations lists the evaluations")
                .with("evaluation", name);
    }

    static ProblemException closed(EvaluationRound evaluation, Instant now) {
        String state = evaluation.state(now).text();
        return ProblemKind.EVALUATION_CLOSED
                .because(
                        "evaluation '" + evaluation.name() + "' is " + state + " and accepts no more results",
                        "drop the result and check in for other work")
                .with("evaluation", evaluation.name())
                .with("state", state);
    }
}
