package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.member.LostMessageTable;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RunForecast;
import io.evenkeel.coordinator.round.record.RunForecastReader;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;

/** Reads runs for operators. Thread-safe. */
@Component
public class RunViews {

    private final RunRepository runs;
    private final RoundMembers members;
    private final PlanCache plans;
    private final RunRules rules;
    private final LossTrends trends;
    private final RunForecastReader progress;
    private final PrivacySpentReader spent;
    private final LostMessageTable lostMessages;
    private final DurableTransactions transactions;

    RunViews(
            RunRepository runs,
            RoundMembers members,
            PlanCache plans,
            RunRules rules,
            LossTrends trends,
            RunForecastReader progress,
            PrivacySpentReader spent,
            LostMessageTable lostMessages,
            DurableTransactions transactions) {
        this.runs = runs;
        this.members = members;
        this.plans = plans;
        this.rules = rules;
        this.trends = trends;
        this.progress = progress;
        this.spent = spent;
        this.lostMessages = lostMessages;
        this.transactions = transactions;
    }

    /**
     * Returns up to {@code limit} runs, newest first.
     *
     * @param search part of the name, may be empty
     * @param states only runs in one of these states; all if empty
     * @param readers only runs that the reader may use
     * @param before only runs that are older than the run with this name; all if null
     * @throws ProblemException {@code run-not-found} if no run has that name
     */
    List<RunView> list(String search, Set<RunState> states, RunPatterns readers, @Nullable String before, int limit) {
        long bound = before == null ? Long.MAX_VALUE : plans.named(before).run();
        return transactions.read(() -> {
            Set<RunState> wanted = states.isEmpty() ? EnumSet.allOf(RunState.class) : states;
            Specification<Run> matching =
                    RunRepository.matching(search, wanted, readers).and(RunRepository.before(bound));
            List<Run> page = runs.findBy(
                    matching,
                    query -> query.sortBy(RunRepository.NEWEST_FIRST)
                            .limit(limit)
                            .all());
            List<Long> ids = page.stream().map(Run::id).toList();
            Map<Long, Integer> present = members.present(ids);
            Map<Long, LossTrend> losses = trends.of(ids);
            Map<Long, RunForecast> going = progress.of(page);
            Map<Long, LostMessageTable.Summary> lost = lostMessages.summaries(ids);
            return page.stream()
                    .map(run -> view(
                            run,
                            present.getOrDefault(run.id(), 0),
                            losses.getOrDefault(run.id(), LossTrend.NONE),
                            going.getOrDefault(run.id(), RunForecast.NONE),
                            lost.get(run.id())))
                    .toList();
        });
    }

    /**
     * Returns a run with its current state.
     *
     * @throws ProblemException {@code run-not-found}
     */
    public RunView get(String name) {
        long id = plans.named(name).run();
        return transactions.read(() -> of(runs.get(id)));
    }

    /** Returns a run as seen by the caller's transaction. */
    RunView of(Run run) {
        int present = members.present(run.id(), run.openRound());
        return view(
                run,
                present,
                trends.of(run.id()),
                progress.of(List.of(run)).getOrDefault(run.id(), RunForecast.NONE),
                lostMessages.summaries(List.of(run.id())).get(run.id()));
    }

    private RunView view(
            Run run, int present, LossTrend losses, RunForecast going, LostMessageTable.@Nullable Summary lost) {
        return RunView.of(
                run, rules.current(run), present, spent.of(run), losses, going.stall(), going.expectedEnd(), lost);
    }
}
