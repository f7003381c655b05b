package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.coordinator.storage.DamagedException;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.WireException;

/** Decodes stored messages of a run. */
final class MessageReader {

    private final long run;
    private final FrameLimits limits;

    MessageReader(long run, RunPlan plan) {
        this.run = run;
        limits = FrameLimits.of(plan.dimension());
    }

    /**
     * @throws DamagedException if the bytes are no message, which they were when they were accepted
     */
    Message read(int round, int ordinal, byte[] payload) {
        try {
            return Message.decode(payload, limits);
        } catch (WireException e) {
            throw new DamagedException(run, round, ordinal, "the stored message cannot be decoded: " + e.getMessage());
        }
    }
}
