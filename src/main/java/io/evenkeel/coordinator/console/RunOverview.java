package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.access.permission.RunPatterns;
import io.evenkeel.coordinator.definition.RoundRules;
import io.evenkeel.coordinator.definition.RunDefinition;
import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunState;
import java.util.ArrayList;
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

/** Reads a page of runs with the figures that a list shows. Thread-safe. */
@Component
class RunOverview {

    private static final int POINTS = 30;

    private final RunRepository runs;
    private final PlanCache plans;
    private final RunRules rules;
    private final RoundRecords records;
    private final DurableTransactions transactions;

    RunOverview(
            RunRepository runs,
            PlanCache plans,
            RunRules rules,
            RoundRecords records,
            DurableTransactions transactions) {
        this.runs = runs;
        this.plans = plans;
        this.rules = rules;
        this.records = records;
        this.transactions = transactions;
    }

    /**
     * A page of runs.
     *
     * @param runs in the order asked for
     * @param total how many runs match
     */
    record Cards(List<RunCard> runs, long total) {}

    /**
     * Returns a page of the runs whose names contain a text.
     *
     * @param search part of the name, may be empty
     * @param state only runs in this state, all if null
     * @param readers only runs that the reader may use
     * @param order the order of all that match
     */
    Cards page(String search, @Nullable RunState state, RunPatterns readers, Sort order, int page, int size) {
        Set<RunState> states = state == null ? EnumSet.allOf(RunState.class) : EnumSet.of(state);
        return transactions.read(() -> {
            Page<Run> found =
                    runs.findAll(RunRepository.matching(search, states, readers), PageRequest.of(page, size, order));
            Map<Long, Samples> samples = samples(found.getContent());
            List<RunCard> cards = found.getContent().stream()
                    .map(run -> card(run, samples.getOrDefault(run.id(), new Samples())))
                    .toList();
            return new Cards(cards, found.getTotalElements());
        });
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

    private RunCard card(Run run, Samples samples) {
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
                run.state().hasOpenRound() ? run.current().deadline() : null,
                run.message(),
                run.stopReason(),
                newest.description(),
                newest.tags(),
                samples.loss,
                samples.uplink == 0 ? null : (double) samples.dense / samples.uplink);
    }

    /** Some rounds of one run. */
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
