package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.stereotype.Component;

/** Rebuilds runs' states from the database: from the previous checkpoint and the updates since. Thread-safe. */
@Component
public class StoredModels {

    private final Checkpoints checkpoints;
    private final Updates updates;
    private final PlanCache plans;
    private final DurableTransactions transactions;

    StoredModels(Checkpoints checkpoints, Updates updates, PlanCache plans, DurableTransactions transactions) {
        this.checkpoints = checkpoints;
        this.updates = updates;
        this.plans = plans;
        this.transactions = transactions;
    }

    /**
     * Rebuilds S of the newest round. Takes 20 d bytes of memory, of which the result keeps 8 d.
     *
     * @param round the newest round according to the database
     * @throws CorruptionException if stored data is damaged
     */
    public StoredSum sum(long run, int round) {
        int checkpoint = transactions.read(() -> checkpoints.newest(run, round));
        return new StoredSum(requireWhole(run, () -> rebuild(run, round)).sum(), 1 + round - checkpoint);
    }

    /** The sum S, rebuilt from the database. */
    public static final class StoredSum {

        private final double[] values;
        private final int files;

        StoredSum(double[] values, int files) {
            this.values = values;
            this.files = files;
        }

        /** Returns S, d values, owned by the caller. */
        public double[] values() {
            return values;
        }

        /** Returns the number of checkpoints and updates read and verified. */
        public int files() {
            return files;
        }
    }

    /**
     * Rebuilds the state before a round.
     *
     * @throws MissingUpdateException if an update since the checkpoint is not stored
     */
    LiveModel rebuild(long run, int round) {
        ValidatedPlan plan = plans.of(run);
        return transactions.read(() -> {
            LiveModel model = LiveModel.at(checkpoints.latest(run, round, plan), plan);
            return catchUp(run, model, round);
        });
    }

    /**
     * Advances a state to a later round with the stored updates.
     *
     * @return the same model
     * @throws MissingUpdateException if a required update is not stored
     */
    LiveModel catchUp(long run, LiveModel model, int round) {
        if (model.round() == round) {
            return model;
        }
        transactions.read(() -> {
            updates.forEach(run, model.round(), round, stored -> replay(run, model, stored));
            return model;
        });
        if (model.round() != round) {
            throw new MissingUpdateException(model.round());
        }
        return model;
    }

    private static void replay(long run, LiveModel model, Updates.Stored stored) throws IOException {
        if (stored.round() != model.round()) {
            throw new MissingUpdateException(model.round());
        }
        try {
            model.replay(stored.data(), stored.length(), delta(stored.delta(), model.x().length), stored.numbers());
        } catch (WireException e) {
            throw new CorruptionException(
                    run,
                    stored.round(),
                    CorruptionException.NOBODY,
                    "the stored update differs from the one that was written: " + e.getMessage());
        }
    }

    private static @Nullable ModelDelta delta(byte @Nullable [] bytes, int dimension) {
        return bytes == null ? null : ModelDelta.decode(bytes, 0, bytes.length, FrameLimits.of(dimension));
    }

    /** Thrown if a round between the checkpoint and the requested model has no update. */
    static final class MissingUpdateException extends RuntimeException {
        private final int round;

        MissingUpdateException(int round) {
            super("the update of round " + round + " is missing", null, false, false);
            this.round = round;
        }
    }

    /** Reads the newest state. All of its data is kept, so missing data counts as corruption. */
    static LiveModel requireWhole(long run, Supplier<LiveModel> reading) {
        try {
            return reading.get();
        } catch (MissingUpdateException e) {
            throw new CorruptionException(run, e.round, CorruptionException.NOBODY, "the stored update is missing");
        } catch (EmptyResultDataAccessException e) {
            throw new CorruptionException(run, 0, CorruptionException.NOBODY, "all checkpoints are missing");
        }
    }
}
