package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.run.InitialModels;
import io.evenkeel.coordinator.run.Plans;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.coordinator.storage.DurableTransactions;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Runs' states at any round: the newest in memory, every other rebuilt from the checkpoint before it and the updates since.
 *
 * <p>Another replica may have closed rounds in the meantime; the state in memory then catches up by their updates. Thread-safe:
 * one thread at a time works on a run's state.
 */
@Component
public class Models implements InitialModels {

    private final Checkpoints checkpoints;
    private final Updates updates;
    private final Plans plans;
    private final DurableTransactions transactions;
    private final Map<Long, Slot> slots = new ConcurrentHashMap<>();

    Models(Checkpoints checkpoints, Updates updates, Plans plans, DurableTransactions transactions) {
        this.checkpoints = checkpoints;
        this.updates = updates;
        this.plans = plans;
        this.transactions = transactions;
    }

    /** A run's place in memory, whose lock guards the model. */
    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        final ReentrantLock rebuilding = new ReentrantLock();

        @Nullable
        LiveModel model;
    }

    @Override
    public boolean prepare(long run, RunPlan plan) {
        if (checkpoints.exists(run, 0)) {
            return true;
        }
        if (plan.needsUpload()) {
            return false;
        }
        checkpoints.save(run, model(plan, 0, new double[plan.dimension()], new double[plan.dimension()], 0));
        return true;
    }

    /** Keeps an uploaded x^0, in the caller's transaction. */
    void saveInitial(long run, RunPlan plan, double[] x) {
        checkpoints.save(run, model(plan, 0, x, new double[plan.dimension()], 0));
    }

    /**
     * Works on the newest state, which is brought to a round first. If the work throws, the state in memory is thrown away.
     *
     * @param round the round the database says is the newest
     */
    public <T> T onNewest(long run, int round, Function<LiveModel, T> work) {
        Slot slot = slots.computeIfAbsent(run, key -> new Slot());
        slot.lock.lock();
        boolean done = false;
        try {
            LiveModel model = slot.model;
            if (model == null || model.round() > round) {
                model = rebuild(run, round);
            }
            catchUp(run, model, round);
            slot.model = model;
            T result = work.apply(model);
            done = true;
            return result;
        } finally {
            if (!done) {
                slot.model = null;
            }
            slot.lock.unlock();
        }
    }

    /**
     * Reads the state before any round up to the newest. The state in memory is brought up to it, as most ask for the newest one,
     * which another replica may have made; an older one is rebuilt beside it, one at a time, whatever number of callers ask.
     *
     * @param known what an earlier caller may have read in the meantime, which spares the work
     */
    <T> T read(long run, int round, Supplier<Optional<T>> known, Function<LiveModel, T> reader) {
        Slot slot = slots.computeIfAbsent(run, key -> new Slot());
        slot.lock.lock();
        try {
            LiveModel model = slot.model;
            if (model == null || model.round() <= round) {
                return known.get().orElseGet(() -> reader.apply(broughtTo(run, slot, round)));
            }
        } finally {
            slot.lock.unlock();
        }
        slot.rebuilding.lock();
        try {
            return known.get().orElseGet(() -> reader.apply(rebuild(run, round)));
        } finally {
            slot.rebuilding.unlock();
        }
    }

    private LiveModel broughtTo(long run, Slot slot, int round) {
        LiveModel model = slot.model;
        slot.model = null;
        if (model == null) {
            model = rebuild(run, round);
        }
        catchUp(run, model, round);
        slot.model = model;
        return model;
    }

    /** Frees the memory of a run that is over, or whose state in memory may not be the database's. */
    public void forget(long run) {
        slots.remove(run);
    }

    /** Frees the memory of all runs but these. */
    public void keepOnly(Collection<Long> runs) {
        slots.keySet().retainAll(runs);
    }

    private LiveModel rebuild(long run, int round) {
        RunPlan plan = plans.of(run);
        return transactions.read(() -> {
            Checkpoints.Checkpoint checkpoint = checkpoints.latest(run, round, plan.dimension());
            Replica replica = checkpoint.state();
            LiveModel model = model(plan, checkpoint.round(), replica.x(), replica.sum(), checkpoint.accumulated());
            catchUp(run, model, round);
            return model;
        });
    }

    private void catchUp(long run, LiveModel model, int round) {
        if (model.round() == round) {
            return;
        }
        FrameLimits limits = FrameLimits.of(plans.of(run).dimension());
        transactions.read(() -> {
            updates.forEach(
                    run,
                    model.round(),
                    round,
                    (bytes, accumulated) ->
                            model.replay(RoundUpdate.decode(bytes, 0, bytes.length, limits), accumulated));
            return model;
        });
        if (model.round() != round) {
            throw new IllegalStateException("run " + plans.of(run).name() + " lacks the update of round "
                    + model.round() + ", so that of round " + round + " cannot be rebuilt");
        }
    }

    private static LiveModel model(RunPlan plan, int round, double[] x, double[] sum, double accumulated) {
        return new LiveModel(round, x, sum, plan.layout(), plan.retainsSum(), accumulated);
    }
}
