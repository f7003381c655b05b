package io.evenkeel.core.step;

/** The quantity that determines the length of a rule's steps. */
public enum StepLength {
    /** The factor times the length of the direction. */
    DIRECTION,
    /** The factor alone. */
    FACTOR,
    /** The factor alone, in each tensor. */
    FACTOR_IN_EACH_TENSOR,
    /** The factor in the first round; later ones become shorter as directions add up. */
    SHRINKING,
    /** The factor, which the rule adapts. */
    ADAPTED,
    /** Another quantity. */
    OTHER
}
