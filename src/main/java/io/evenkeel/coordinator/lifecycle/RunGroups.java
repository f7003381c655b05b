package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.Run;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Changes several runs in one transaction: all or none. Runs are locked in the order of their keys. Thread-safe. */
@Component
public class RunGroups {

    private final Runs runs;
    private final RunViews views;
    private final RunRepository repository;
    private final PlanCache plans;
    private final RunMemory memory;
    private final DurableTransactions transactions;
    private final ApplicationEventPublisher events;

    RunGroups(
            Runs runs,
            RunViews views,
            RunRepository repository,
            PlanCache plans,
            RunMemory memory,
            DurableTransactions transactions,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.views = views;
        this.repository = repository;
        this.plans = plans;
        this.memory = memory;
        this.transactions = transactions;
        this.events = events;
    }

    /**
     * Creates runs.
     *
     * @param with additional work in the same transaction
     * @throws ProblemException {@code invalid}, {@code name-taken}, {@code insufficient-memory} if one of
     *     them does not fit in the remaining memory
     */
    public void create(List<RunDefinition> definitions, Runnable with) {
        List<Run> created = transactions.write(() -> {
            List<Run> inserted = definitions.stream().map(runs::insert).toList();
            with.run();
            return inserted;
        });
        created.forEach(run -> events.publishEvent(new RunChanged(run.id())));
    }

    /**
     * Starts runs as {@link Runs#start} does.
     *
     * @throws ProblemException as for {@link Runs#start}, if any of them cannot start; then none is started
     */
    public void start(Collection<String> names) {
        List<PlanCache.Known> group = inOrder(names);
        group.forEach(runs::prepare);
        List<RunMemory.Reservation> takings = new ArrayList<>();
        try {
            transactions.write(() -> group.forEach(known -> {
                RunMemory.Reservation taking = memory.taking(known.run(), known.plan());
                takings.add(taking);
                runs.begin(repository.locked(known.run()), taking);
            }));
            takings.forEach(RunMemory.Reservation::keep);
        } finally {
            takings.forEach(RunMemory.Reservation::close);
        }
        group.forEach(known -> events.publishEvent(new RunChanged(known.run())));
    }

    /**
     * Cancels the runs that are not over.
     *
     * @return how many were cancelled
     */
    public int cancel(Collection<String> names) {
        List<PlanCache.Known> group = inOrder(names);
        List<Run> cancelled = transactions.write(() -> {
            List<Run> going = group.stream()
                    .map(known -> repository.locked(known.run()))
                    .filter(run -> !run.state().isOver())
                    .toList();
            going.forEach(runs::end);
            return going;
        });
        cancelled.forEach(run -> events.publishEvent(new RunChanged(run.id())));
        return cancelled.size();
    }

    /** Returns the current runs by their names. */
    public Map<String, RunView> views(Collection<String> names) {
        return names.stream().collect(Collectors.toMap(name -> name, views::get));
    }

    private List<PlanCache.Known> inOrder(Collection<String> names) {
        return names.stream()
                .map(plans::named)
                .sorted(Comparator.comparingLong(PlanCache.Known::run))
                .toList();
    }
}
