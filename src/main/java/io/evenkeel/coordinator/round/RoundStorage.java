package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.model.RoundChange;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.run.RoundSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Stores a round's update, and a checkpoint where one is due. Thread-safe. */
@Component
class RoundStorage {

    private final Updates updates;
    private final Checkpoints checkpoints;
    private final RoundSettings settings;

    RoundStorage(Updates updates, Checkpoints checkpoints, RoundSettings settings) {
        this.updates = updates;
        this.checkpoints = checkpoints;
        this.settings = settings;
    }

    /**
     * An update and a checkpoint whose bytes are stored, for {@link #save}.
     *
     * @param checkpoint null if none is due
     */
    record Written(Updates.Written update, Checkpoints.@Nullable Written checkpoint) {}

    /**
     * Stores the bytes of a round, before the transaction that saves them.
     *
     * @param numbers the numbers of the step
     * @param model after the step
     */
    Written write(RoundChange change, double[] numbers, LiveModel model) {
        Updates.Written update = updates.write(change, numbers);
        boolean isDue = model.round() % settings.checkpointEvery() == 0;
        return new Written(update, isDue ? checkpoints.write(model) : null);
    }

    /** Adds a checkpoint that was not due. */
    Written withCheckpoint(Written written, LiveModel model) {
        return new Written(written.update(), checkpoints.write(model));
    }

    /** Saves what was written, in the caller's transaction. */
    void save(long run, Written written) {
        updates.save(run, written.update());
        Checkpoints.Written checkpoint = written.checkpoint();
        if (checkpoint != null) {
            checkpoints.save(run, checkpoint);
        }
    }
}
