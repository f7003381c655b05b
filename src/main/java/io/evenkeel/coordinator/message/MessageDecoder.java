package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.Message;

/** Decodes stored messages of a run. */
public final class MessageDecoder {

    private final long run;
    private final FrameLimits limits;

    /** Decodes messages of the run with a key, by its plan. */
    public MessageDecoder(long run, ValidatedPlan plan) {
        this.run = run;
        limits = FrameLimits.of(plan.dimension());
    }

    /**
     * Decodes one message.
     *
     * @throws CorruptionException if the bytes are no message, which they were when they were accepted
     */
    public Message read(int round, int ordinal, byte[] payload) {
        try {
            return Message.decode(payload, limits);
        } catch (WireException e) {
            throw new CorruptionException(
                    run, round, ordinal, "the stored message cannot be decoded: " + e.getMessage());
        }
    }
}
