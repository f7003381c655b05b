package io.evenkeel.client;

/** What to do when device and coordinator do not agree on which messages were accepted. Nothing wrong is ever summed: the coordinator refuses. */
public enum OnDivergence {
    /**
     * The default: if one side has nothing (a lost or fresh state folder, or a member that was removed and joins again), take the coordinator's
     * state; if both have something and it differs, fail, since two copies of the device may be running.
     */
    RECOVER_IF_LOST,
    /** Always take the coordinator's state: for a device restored from a backup. Two copies would take turns doing so, and waste each other's work. */
    RECOVER,
    /** Always fail. */
    FAIL
}
