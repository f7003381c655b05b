package io.evenkeel.coordinator.evaluation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.coordinator.checkin.WorkItem;
import io.evenkeel.coordinator.checkin.WorkOffer;
import io.evenkeel.coordinator.checkin.WorkSource;
import io.evenkeel.engine.checkin.Demand;
import io.evenkeel.engine.evaluation.EvaluatedModel;
import io.evenkeel.engine.evaluation.EvaluationRound;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Work of the kind {@code evaluate}: measuring a model, once for each evaluation. Thread-safe. */
@Component
class EvaluationWork implements WorkSource {

    static final int MAX_OPEN = 100;

    private final EvaluationTable table;
    private final EvaluationResults results;
    private final Clock clock;

    EvaluationWork(EvaluationTable table, EvaluationResults results, Clock clock) {
        this.table = table;
        this.results = results;
        this.clock = clock;
    }

    /**
     * The information that a device needs to compute its result.
     *
     * @param evaluation the evaluation's name
     * @param model the model to measure
     * @param path the path from which to download it
     */
    record Details(String evaluation, @JsonUnwrapped EvaluatedModel model, String path) {}

    @Override
    public String kind() {
        return "evaluate";
    }

    @Override
    public List<WorkOffer> offers() {
        return open().stream()
                .map(evaluation -> new WorkOffer(
                        kind(),
                        evaluation.key(),
                        evaluation.model().run(),
                        0,
                        evaluation.devices(),
                        demand(evaluation)))
                .toList();
    }

    /** Returns the demand for the results that are still needed before the deadline. */
    private Demand demand(EvaluationRound evaluation) {
        long missing = evaluation.most() == null ? Long.MAX_VALUE : evaluation.most() - evaluation.results();
        return new Demand(missing, Duration.between(clock.instant(), evaluation.deadline()));
    }

    @Override
    public Object version() {
        return open().stream().map(EvaluationRound::key).toList();
    }

    @Override
    public Map<String, List<WorkItem>> items(List<WorkOffer> offers, Collection<String> clients) {
        Map<Long, EvaluationRound> open =
                open().stream().collect(Collectors.toMap(EvaluationRound::key, Function.identity()));
        Map<String, List<WorkItem>> items = new HashMap<>();
        for (WorkOffer offer : offers) {
            EvaluationRound evaluation = open.get(offer.key());
            if (evaluation == null) {
                continue;
            }
            WorkItem item = WorkItem.of(offer, false, null, evaluation.deadline(), details(evaluation));
            Set<String> answered = new HashSet<>(results.answered(evaluation.key(), clients));
            for (String client : clients) {
                if (!answered.contains(client)) {
                    items.computeIfAbsent(client, key -> new ArrayList<>()).add(item);
                }
            }
        }
        return items;
    }

    private List<EvaluationRound> open() {
        return table.open(clock.instant(), MAX_OPEN);
    }

    private static Details details(EvaluationRound evaluation) {
        return new Details(
                evaluation.name(), evaluation.model(), evaluation.model().path());
    }
}
