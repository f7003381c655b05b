package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.WireException;
import java.util.function.Consumer;

/** Decodes stored messages of a run. */
final class MessageReader {

    private final FrameLimits limits;

    MessageReader(RunPlan plan) {
        limits = FrameLimits.of(plan.dimension());
    }

    /**
     * @throws MessageStore.DamagedException if the bytes are no message, which they were when they were accepted
     */
    void read(byte[] payload, Consumer<Message> taker) {
        Message message;
        try {
            message = Message.decode(payload, limits);
        } catch (WireException e) {
            throw new MessageStore.DamagedException("a stored message cannot be decoded: " + e.getMessage());
        }
        taker.accept(message);
    }
}
