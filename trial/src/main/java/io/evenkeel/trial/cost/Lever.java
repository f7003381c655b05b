package io.evenkeel.trial.cost;

/** A figure that decides whether compression pays. Yearly costs are linear in each lever except the fleet. */
public enum Lever {
    /** The number of devices in the fleet. */
    DEVICES,
    /** The number of model parameters. */
    PARAMETERS,
    /** The price of sending a GB; the price of downloading a GB changes by the same factor. */
    PRICE
}
