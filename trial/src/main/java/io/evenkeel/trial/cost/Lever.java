package io.evenkeel.trial.cost;

/** A figure that decides whether compression pays. Yearly costs are linear in each but the fleet. */
public enum Lever {
    /** How many devices the fleet has. */
    DEVICES,
    /** How many parameters the model has. */
    PARAMETERS,
    /** What a GB sent costs; a GB fetched then costs as many times more or less as it does today. */
    PRICE
}
