package io.evenkeel.coordinator.rollout;

/** Receives events of roll-outs, in the transaction that changes them. */
@FunctionalInterface
public interface RolloutListener {

    /** Takes an event; an exception undoes the change. */
    void happened(RolloutEvent event);
}
