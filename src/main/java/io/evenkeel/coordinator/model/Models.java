package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.lifecycle.InitialModels;
import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Provides runs' states at any round: the newest state from memory, older ones rebuilt by
 * {@link StoredModels}.
 *
 * <p>If another replica has closed rounds in the meantime, their updates are applied to the state in memory.
 * Thread-safe: one thread at a time works on a run's state.
 */
@Component
public class Models implements InitialModels {

    private final Checkpoints checkpoints;
    private final StoredModels stored;
    private final PlanCache plans;
    private final CorruptionHandler damage;
    private final RunMemory memory;
    private final DurableTransactions transactions;
    private final Map<Long, Slot> slots = new ConcurrentHashMap<>();

    Models(
            Checkpoints checkpoints,
            StoredModels stored,
            PlanCache plans,
            CorruptionHandler damage,
            RunMemory memory,
            DurableTransactions transactions) {
        this.checkpoints = checkpoints;
        this.stored = stored;
        this.plans = plans;
        this.damage = damage;
        this.memory = memory;
        this.transactions = transactions;
    }

    /** A run's model in memory, guarded by this object's lock. */
    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        final ReentrantLock rebuilding = new ReentrantLock();

        @Nullable
        LiveModel model;
    }

    @Override
    public void prepare(long run, ValidatedPlan plan) {
        if (plan.needsUpload() || transactions.read(() -> isPrepared(run))) {
            return;
        }
        try {
            boolean ignored = memory.working(run, plan, () -> {
                Checkpoints.Written written = writeInitial(plan, new double[plan.dimension()]);
                transactions.write(() -> saveInitial(run, written));
                return true;
            });
        } catch (DuplicateKeyException e) {
            // Another coordinator stored it first.
            return;
        }
    }

    @Override
    public boolean isPrepared(long run) {
        return checkpoints.exists(run, 0);
    }

    /** Stores the bytes of x^0. Must be called before the transaction that saves it. */
    public Checkpoints.Written writeInitial(ValidatedPlan plan, double[] x) {
        return checkpoints.write(LiveModel.initial(plan, x));
    }

    /** Saves x^0 in the caller's transaction. */
    public void saveInitial(long run, Checkpoints.Written written) {
        checkpoints.save(run, written);
    }

    /**
     * Creates a checkpoint of a round whose model is kept, unless there is one already.
     *
     * @throws ProblemException as {@link #read}
     */
    public void saveCheckpoint(long run, int round) {
        if (!transactions.read(() -> checkpoints.exists(run, round))) {
            read(run, round, model -> {
                Checkpoints.Written written = checkpoints.write(model);
                return transactions.write(() -> {
                    checkpoints.save(run, written);
                    return round;
                });
            });
        }
    }

    /**
     * Advances the newest state to a round and runs work on it. If the work throws an exception, the state in
     * memory is discarded.
     *
     * @param round the newest round in the database
     * @throws CorruptionException if stored data is damaged
     */
    public <T> T onNewest(long run, int round, Function<LiveModel, T> work) {
        return inMemory(run, () -> workOnNewest(run, round, work));
    }

    /**
     * Runs work within the run's reserved memory; if the run does not keep that memory, discards the model
     * afterwards.
     */
    private <T> T inMemory(long run, Supplier<T> work) {
        return memory.working(run, plans.of(run), () -> {
            try {
                return work.get();
            } finally {
                if (!memory.isKept(run)) {
                    forget(run);
                }
            }
        });
    }

    private <T> T workOnNewest(long run, int round, Function<LiveModel, T> work) {
        Slot slot = slots.computeIfAbsent(run, key -> new Slot());
        slot.lock.lock();
        boolean done = false;
        try {
            LiveModel inMemory = slot.model;
            LiveModel model = StoredModels.requireWhole(run, () -> broughtTo(run, inMemory, round));
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
     * Reads the state before a round. First advances the state in memory to the newest round, which most
     * requests need and which another replica may have opened. Older states are rebuilt one at a time,
     * whatever the number of callers, in temporarily borrowed memory.
     *
     * @throws ProblemException {@code model-not-kept}, {@code storage-damaged}, {@code insufficient-memory}
     */
    <T> T read(long run, int round, Function<LiveModel, T> reader) {
        return inMemory(run, () -> readAt(run, round, reader));
    }

    /**
     * Reads the state before a round as {@link #read} does. If a later round is open, returns empty instead
     * of rebuilding.
     */
    <T> Optional<T> readNewest(long run, int round, Function<LiveModel, T> reader) {
        return inMemory(run, () -> {
            Slot slot = slots.computeIfAbsent(run, key -> new Slot());
            slot.lock.lock();
            try {
                LiveModel model = slot.model;
                return model == null || model.round() <= round
                        ? Optional.of(damage.stopping(() -> reader.apply(moved(run, slot, round))))
                        : Optional.empty();
            } finally {
                slot.lock.unlock();
            }
        });
    }

    private <T> T readAt(long run, int round, Function<LiveModel, T> reader) {
        Slot slot = slots.computeIfAbsent(run, key -> new Slot());
        slot.lock.lock();
        try {
            LiveModel model = slot.model;
            if (model == null || model.round() <= round) {
                return damage.stopping(() -> reader.apply(moved(run, slot, round)));
            }
        } finally {
            slot.lock.unlock();
        }
        slot.rebuilding.lock();
        try {
            ValidatedPlan plan = plans.of(run);
            return memory.borrowing(
                    "the model of round " + round + " of run '" + plan.name() + "', which is not the newest,",
                    memory.older(plan),
                    () -> damage.stopping(() -> reader.apply(kept(run, round, null))));
        } finally {
            slot.rebuilding.unlock();
        }
    }

    /** Advances the state in memory to a round. The caller holds the slot's lock. */
    private LiveModel moved(long run, Slot slot, int round) {
        LiveModel inMemory = slot.model;
        slot.model = null;
        LiveModel model = kept(run, round, inMemory);
        slot.model = model;
        return model;
    }

    private LiveModel kept(long run, int round, @Nullable LiveModel inMemory) {
        try {
            return broughtTo(run, inMemory, round);
        } catch (StoredModels.MissingUpdateException e) {
            throw notKept(run, round);
        }
    }

    private LiveModel broughtTo(long run, @Nullable LiveModel inMemory, int round) {
        if (inMemory != null && inMemory.round() <= round) {
            try {
                return stored.catchUp(run, inMemory, round);
            } catch (StoredModels.MissingUpdateException e) {
                // The state is so old that the next updates were pruned; a newer checkpoint replaces it.
            }
        }
        return stored.rebuild(run, round);
    }

    /** Discards the state in memory of a run that has ended, or whose state may differ from the database. */
    public void forget(long run) {
        slots.remove(run);
    }

    /** Frees the memory of all runs except the given ones. */
    public void keepOnly(Collection<Long> runs) {
        slots.keySet().retainAll(runs);
    }

    private ProblemException notKept(long run, int round) {
        return ProblemKind.MODEL_NOT_KEPT
                .because(
                        "the model of round " + round + " of run '"
                                + plans.of(run).name() + "' is no longer kept",
                        "get 'latest', or a round whose model is kept: see evenkeel.retention in docs/storage.md")
                .with("round", round);
    }
}
