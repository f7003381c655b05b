package io.evenkeel.coordinator.retention;

/** The outcome of a step of retention. */
public enum RetentionStep {

    /** Something was deleted, or a part of the run was examined; there may be more to do. */
    TAKEN,

    /** There is nothing to delete now. */
    NOTHING_LEFT,

    /** An export or a verification is reading the run's history, so the step was postponed. */
    POSTPONED
}
