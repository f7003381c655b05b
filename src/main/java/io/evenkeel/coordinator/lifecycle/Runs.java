package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.access.permission.RunPatterns;
import io.evenkeel.coordinator.definition.LossTrend;
import io.evenkeel.coordinator.definition.PrivacyTerms;
import io.evenkeel.coordinator.definition.RoundRules;
import io.evenkeel.coordinator.definition.RunDefinition;
import io.evenkeel.coordinator.definition.StopReason;
import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunChain;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;

/** Creates, starts, pauses, resumes and cancels runs. Every change is on disk when its method returns. Thread-safe. */
@Component
public class Runs {

    private final RunRepository runs;
    private final RoundMembers members;
    private final PlanCache plans;
    private final RunRules rules;
    private final LossTrends trends;
    private final DatasetSpending spending;
    private final OpenRoundCache openRounds;
    private final InitialModels models;
    private final RunChain chain;
    private final HistoryGuard guard;
    private final RunMemory memory;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    Runs(
            RunRepository runs,
            RoundMembers members,
            PlanCache plans,
            RunRules rules,
            LossTrends trends,
            DatasetSpending spending,
            OpenRoundCache openRounds,
            InitialModels models,
            RunChain chain,
            HistoryGuard guard,
            RunMemory memory,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.members = members;
        this.plans = plans;
        this.rules = rules;
        this.trends = trends;
        this.spending = spending;
        this.openRounds = openRounds;
        this.models = models;
        this.chain = chain;
        this.guard = guard;
        this.memory = memory;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Creates a run in state {@code created}.
     *
     * @throws ProblemException {@code invalid} with every wrong field, {@code name-taken}, {@code insufficient-memory} if there is
     *     not enough left for it now
     */
    public RunView create(RunDefinition definition) {
        Run created = transactions.write(() -> insert(definition));
        events.publishEvent(new RunChanged(created.id()));
        return get(created.name());
    }

    /** Creates a run as {@link #create} does, in the caller's transaction. */
    Run insert(RunDefinition definition) {
        ValidatedPlan plan = ValidatedPlan.of(definition);
        memory.requireRoom(plan);
        try {
            Run run = runs.saveAndFlush(new Run(plan.name(), plans.encode(plan.definition()), now()));
            chain.begin(run);
            return run;
        } catch (DataIntegrityViolationException e) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "there is a run named '" + plan.name() + "' already, or one is being deleted",
                            "choose another name, or wait for the deletion to end")
                    .with("field", "name");
        }
    }

    /**
     * Returns up to {@code limit} runs, newest first.
     *
     * @param search part of the name, may be empty
     * @param states only runs in one of these states, in any if empty
     * @param readers only runs that the reader may use
     * @param before lists runs that are older than the run of this name; all if null
     * @throws ProblemException {@code run-not-found} if there is no run of that name
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
            return page.stream()
                    .map(run -> RunView.of(
                            run,
                            rules.current(run),
                            present.getOrDefault(run.id(), 0),
                            privacySpent(run),
                            losses.getOrDefault(run.id(), LossTrend.NONE)))
                    .toList();
        });
    }

    /**
     * Returns a run as it stands.
     *
     * @throws ProblemException {@code run-not-found}
     */
    public RunView get(String name) {
        long id = plans.named(name).run();
        return transactions.read(() -> view(runs.get(id)));
    }

    /**
     * Opens round 0, and takes the run's memory.
     *
     * @throws ProblemException {@code wrong-state}, {@code too-few-members}, {@code insufficient-memory}
     */
    public RunView start(String name) {
        return underWay(name, this::begin);
    }

    /** Starts a run that the caller's transaction has locked, and takes its memory. */
    void begin(Run run, RunMemory.Taking taking) {
        RoundRules first = rules.next(run);
        run.start(now(), first.maxTime());
        requireMembers(run, members.count(run.id(), 0), "", first.minParticipants());
        openRounds
                .draw(run)
                .ifPresent(draw ->
                        requireMembers(run, draw.eligible(), " that devices.sample chooses", first.minParticipants()));
        taking.take();
        if (!models.prepare(run.id(), plans.of(run))) {
            throw ProblemKind.WRONG_STATE.because(
                    "run '" + run.name() + "' starts from an uploaded model, and none was uploaded",
                    "PUT the model to /api/v1/runs/" + run.name() + "/model, then start");
        }
    }

    /** Stops closing rounds and handing out work; messages for the open round are still taken. */
    public RunView pause(String name) {
        return change(name, run -> run.pause(now(), null));
    }

    /**
     * Goes on where {@link #pause} stopped, or where there was too little memory.
     *
     * @throws ProblemException {@code wrong-state}, {@code insufficient-memory}, {@code storage-damaged} if what is stored of it does
     *     not fit its hash chain
     */
    public RunView resume(String name) {
        guard.require(plans.named(name).run());
        return underWay(name, (run, taking) -> {
            if (run.stopReason() == StopReason.DIVERGENCE) {
                trends.save(run.id(), trends.of(run.id()).restart());
            }
            run.resume(now());
            taking.take();
        });
    }

    /** Ends a run for good; its models and records stay. */
    public RunView cancel(String name) {
        return change(name, this::end);
    }

    /** Cancels a run that the caller's transaction has locked. */
    void end(Run run) {
        run.cancel(now());
    }

    /**
     * Changes a run to one under way, which keeps its memory from then on.
     *
     * @param change takes the run's memory
     */
    private RunView underWay(String name, BiConsumer<Run, RunMemory.Taking> change) {
        PlanCache.Known known = plans.named(name);
        RunMemory.Taking taking = memory.taking(known.run(), known.plan());
        try (taking) {
            RunView view = change(name, run -> change.accept(run, taking));
            taking.keep();
            return view;
        }
    }

    private RunView change(String name, Consumer<Run> change) {
        long id = plans.named(name).run();
        RunView view = transactions.write(() -> {
            Run run = runs.locked(id);
            change.accept(run);
            return view(run);
        });
        events.publishEvent(new RunChanged(id));
        return view;
    }

    private static void requireMembers(Run run, int present, String what, int required) {
        if (present < required) {
            throw ProblemKind.TOO_FEW_MEMBERS
                    .because(
                            "run '" + run.name() + "' has " + present + (present == 1 ? " member" : " members") + what
                                    + ", and a round needs messages of "
                                    + required,
                            "let more devices join, then start")
                    .with("members", present)
                    .with("required", required);
        }
    }

    private RunView view(Run run) {
        int present = members.present(run.id(), run.openRound());
        return RunView.of(run, rules.current(run), present, privacySpent(run), trends.of(run.id()));
    }

    private RunView.@Nullable PrivacySpent privacySpent(Run run) {
        PrivacyTerms privacy = plans.of(run).privacy();
        if (privacy == null) {
            return null;
        }
        return RunView.PrivacySpent.of(
                privacy, members.mostMessages(run.id()), Objects.requireNonNull(spending.mostSpent(run.id())));
    }

    // What databases keep, so that an answer now and one read later are the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
