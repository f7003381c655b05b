package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChain;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Creates, starts, pauses, resumes and cancels runs. Every change is durable when its method returns. Thread-safe. */
@Component
public class Runs {

    private final RunRepository runs;
    private final PlanCache plans;
    private final FirstRound first;
    private final RunViews views;
    private final LossTrends trends;
    private final RunChain chain;
    private final HistoryGuard guard;
    private final RunMemory memory;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    Runs(
            RunRepository runs,
            PlanCache plans,
            FirstRound first,
            RunViews views,
            LossTrends trends,
            RunChain chain,
            HistoryGuard guard,
            RunMemory memory,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.plans = plans;
        this.first = first;
        this.views = views;
        this.trends = trends;
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
     * @throws ProblemException {@code invalid} with every wrong field, {@code name-taken},
     *     {@code insufficient-memory} if there is not enough memory left for it now
     */
    public RunView create(RunDefinition definition) {
        Run created = transactions.write(() -> insert(definition));
        events.publishEvent(new RunChanged(created.id()));
        return views.get(created.name());
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
                            "run '" + plan.name() + "' already exists or is being deleted",
                            "choose another name, or wait for the deletion to end")
                    .with("field", "name");
        }
    }

    /**
     * Opens round 0 and reserves the run's memory.
     *
     * @throws ProblemException {@code wrong-state}, {@code too-few-members}, {@code insufficient-memory}
     */
    public RunView start(String name) {
        prepare(plans.named(name));
        return underWay(name, this::begin);
    }

    /** Stores the initial state of a run, before the transaction that starts it. */
    void prepare(PlanCache.Known known) {
        if (transactions.read(() -> runs.get(known.run())).state() == RunState.CREATED) {
            first.prepareModel(known);
        }
    }

    /** Starts a prepared run that the caller's transaction has locked, and reserves its memory. */
    void begin(Run run, RunMemory.Reservation taking) {
        first.open(run, now());
        taking.take();
        first.requireModel(run);
    }

    /**
     * Pauses a run: rounds do not close, and devices get no work; messages for the open round are still
     * accepted.
     */
    public RunView pause(String name) {
        return change(name, run -> run.pause(now(), null));
    }

    /**
     * Continues a run after {@link #pause}, or after it ran out of memory.
     *
     * @throws ProblemException {@code wrong-state}, {@code insufficient-memory}, {@code storage-damaged} if its stored
     *     data does not match its hash chain
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

    /**
     * Resumes a run that was paused because of missing objects; does nothing if it is in another state.
     *
     * @throws ProblemException as for {@link #resume}
     */
    public void resumeWithObjects(String name) {
        guard.require(plans.named(name).run());
        RunView unused = underWay(name, (run, taking) -> {
            if (run.lacksObjects()) {
                run.resume(now());
                taking.take();
            }
        });
    }

    /** Ends a run permanently; its models and records stay. */
    public RunView cancel(String name) {
        return change(name, this::end);
    }

    /** Ends a run as {@link #cancel(String)} does, with a reason for the operator. */
    public void cancel(String name, String why) {
        RunView unused = change(name, run -> run.cancel(now(), why));
    }

    /** Cancels a run that the caller's transaction has locked. */
    void end(Run run) {
        run.cancel(now(), null);
    }

    /**
     * Makes a run active, and keeps its memory reserved from then on.
     *
     * @param change reserves the run's memory
     */
    private RunView underWay(String name, BiConsumer<Run, RunMemory.Reservation> change) {
        PlanCache.Known known = plans.named(name);
        RunMemory.Reservation taking = memory.taking(known.run(), known.plan());
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
            return views.of(run);
        });
        events.publishEvent(new RunChanged(id));
        return view;
    }

    // Truncates to the precision of databases, so that the response now and a later read are the same.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
