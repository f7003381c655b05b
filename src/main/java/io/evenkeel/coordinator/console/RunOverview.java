package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.draw.RunStalls;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Component;

/** Reads pages of the list of runs, with the figures that the list shows. Thread-safe. */
@Component
class RunOverview {

    private static final int POINTS = 30;
    private static final int MAX_SEARCHED = 1000;

    private final RunRepository runs;
    private final PlanCache plans;
    private final RunRules rules;
    private final RoundRecords records;
    private final DurableTransactions transactions;
    private final RunStalls stalls;

    RunOverview(
            RunRepository runs,
            PlanCache plans,
            RunRules rules,
            RoundRecords records,
            DurableTransactions transactions,
            RunStalls stalls) {
        this.runs = runs;
        this.plans = plans;
        this.rules = rules;
        this.records = records;
        this.transactions = transactions;
        this.stalls = stalls;
    }

    /**
     * A page of runs.
     *
     * @param runs the runs, in the requested order
     * @param total the number of matching runs
     */
    record Cards(List<RunCard> runs, long total) {}

    /**
     * The filter and order of a list of runs.
     *
     * @param search part of the name, may be empty
     * @param state only runs in this state, all if null
     * @param tag only runs with this tag, all if null
     * @param readers only runs that the reader may use
     * @param order the order of all matching runs
     * @param metric if not null, sorts by this metric in the last closed round instead; runs without it come last
     * @param descending whether the largest value of the metric comes first
     */
    record Choice(
            String search,
            @Nullable RunState state,
            @Nullable String tag,
            RunPatterns readers,
            Sort order,
            @Nullable String metric,
            boolean descending) {

        /** Returns whether the page needs more than one query, because tags and metrics are not columns. */
        boolean needsAll() {
            return tag != null || metric != null;
        }
    }

    /**
     * Returns a page of the selected runs. A filter by tag or an order by metric considers only the first 1,000 of
     * them.
     */
    Cards page(Choice choice, int page, int size) {
        return transactions.read(() -> choice.needsAll() ? searched(choice, page, size) : paged(choice, page, size));
    }

    private Cards paged(Choice choice, int page, int size) {
        Page<Run> found = find(choice, page, size);
        return new Cards(cards(found.getContent()), found.getTotalElements());
    }

    private Cards searched(Choice choice, int page, int size) {
        List<Run> found = find(choice, 0, MAX_SEARCHED).stream()
                .filter(run -> choice.tag() == null || hasTag(run, choice.tag()))
                .toList();
        List<Run> sorted = choice.metric() == null ? found : sorted(found, choice.metric(), choice.descending());
        return new Cards(
                cards(sorted.stream().skip((long) page * size).limit(size).toList()), sorted.size());
    }

    private Page<Run> find(Choice choice, int page, int size) {
        Set<RunState> states = choice.state() == null ? EnumSet.allOf(RunState.class) : EnumSet.of(choice.state());
        return runs.findAll(
                RunRepository.matching(choice.search(), states, choice.readers()),
                PageRequest.of(page, size, choice.order()));
    }

    private boolean hasTag(Run run, String tag) {
        List<String> tags = rules.current(run).definition().tags();
        return tags != null && tags.contains(tag);
    }

    private List<Run> sorted(List<Run> found, String metric, boolean descending) {
        Map<Long, Map<String, Double>> metrics = metrics(found);
        Comparator<Double> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
        return found.stream()
                .sorted(Comparator.comparing(
                        run -> metrics.getOrDefault(run.id(), Map.of()).get(metric), Comparator.nullsLast(order)))
                .toList();
    }

    private List<RunCard> cards(List<Run> found) {
        Map<Long, Samples> samples = samples(found);
        Map<Long, Map<String, Double>> metrics = metrics(found);
        return found.stream()
                .map(run -> card(
                        run, samples.getOrDefault(run.id(), new Samples()), metrics.getOrDefault(run.id(), Map.of())))
                .toList();
    }

    /** Returns the loss and the metrics of each run's last closed round. */
    private Map<Long, Map<String, Double>> metrics(List<Run> found) {
        return records.metrics(found.stream().collect(Collectors.toMap(Run::id, run -> run.round() - 1)));
    }

    private Map<Long, Samples> samples(List<Run> found) {
        Map<Long, Set<Integer>> rounds = found.stream().collect(Collectors.toMap(Run::id, run -> points(run.round())));
        Map<Long, Samples> byRun = new HashMap<>();
        for (RoundRecords.Sample sample : records.samples(rounds)) {
            byRun.computeIfAbsent(sample.run(), key -> new Samples()).add(sample);
        }
        return byRun;
    }

    /** Returns evenly spaced rounds and the last closed one, so that a run of a million rounds costs no more than one of a hundred. */
    private static Set<Integer> points(int openRound) {
        int step = (openRound + POINTS - 2) / (POINTS - 1);
        Set<Integer> rounds =
                IntStream.range(0, POINTS - 1).mapToObj(point -> point * step).collect(Collectors.toSet());
        rounds.add(openRound - 1);
        return rounds;
    }

    private RunCard card(Run run, Samples samples, Map<String, Double> metrics) {
        ValidatedPlan plan = plans.of(run);
        RoundRules next = rules.next(run);
        RunDefinition newest = rules.current(run).definition();
        return new RunCard(
                run.name(),
                run.state(),
                run.round(),
                next.rounds(),
                plan.definition().algorithm(),
                plan.definition().compressor(),
                plan.dimension(),
                run.current().accepted(),
                next.minParticipants(),
                samples.members,
                run.createdAt(),
                stalls.of(run).orElse(null),
                run.state().hasOpenRound() ? run.current().deadline() : null,
                run.message(),
                run.stopReason(),
                newest.description(),
                newest.tags(),
                samples.loss,
                metrics,
                samples.uplink == 0 ? null : (double) samples.dense / samples.uplink);
    }

    /** The sampled rounds of a run. */
    private static final class Samples {

        private final List<@Nullable Double> loss = new ArrayList<>();
        private @Nullable Integer members;
        private long uplink;
        private long dense;

        void add(RoundRecords.Sample sample) {
            loss.add(sample.loss());
            members = sample.members();
            uplink += sample.uplinkBytes();
            dense += sample.denseUplinkBytes();
        }
    }
}
