package io.evenkeel.coordinator.rollout;

/** Receives events of roll-outs in the transaction of each change. */
@FunctionalInterface
public interface RolloutListener {

    /** Handles an event; an exception rolls back the change. */
    void happened(RolloutEvent event);
}
