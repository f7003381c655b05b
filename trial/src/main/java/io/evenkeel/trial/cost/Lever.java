package io.evenkeel.trial.cost;

/** A figure that decides whether compression pays. Yearly costs are linear in each but the fleet. */
public enum Lever {
    /** The number of devices in the fleet. */
    DEVICES,
    /** The number of the model's parameters. */
    PARAMETERS,
    /** The price of a GB sent; the price of a GB fetched changes by the same factor. */
    PRICE
}
