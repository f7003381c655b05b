package io.evenkeel.client;

/**
 * The reaction to a disagreement between the device and the coordinator about the accepted messages. The sum
 * stays correct in any case: the coordinator refuses messages that do not follow the accepted ones.
 */
public enum OnDivergence {
    /**
     * The default. If one side has no state (a lost or new state folder, or a member that was removed and
     * joins again), take the coordinator's state. If both have state and it differs, fail, since two copies
     * of the device may be running.
     */
    RECOVER_IF_LOST,
    /**
     * Always take the coordinator's state, for a device restored from a backup. Two running copies would
     * repeatedly invalidate each other's work.
     */
    RECOVER,
    /** Always fail. */
    FAIL
}
