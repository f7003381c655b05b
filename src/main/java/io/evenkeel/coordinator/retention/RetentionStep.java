package io.evenkeel.coordinator.retention;

/** The outcome of a step of retention. */
public enum RetentionStep {

    /** Something was deleted, or a part of the run was looked at; there may be more to do. */
    TAKEN,

    /** Nothing is left to delete for now. */
    NOTHING_LEFT,

    /** An export or a verification reads the run's history: nothing was done, and the step is to be taken later. */
    POSTPONED
}
