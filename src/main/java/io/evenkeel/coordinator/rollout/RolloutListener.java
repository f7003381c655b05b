package io.evenkeel.coordinator.rollout;

/** Is told of what happens to roll-outs, in the transaction that changes them. */
@FunctionalInterface
public interface RolloutListener {

    /** Takes an event; an exception undoes the change. */
    void happened(RolloutEvent event);
}
