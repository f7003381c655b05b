package io.evenkeel.core.catalogue;

/** A part of a run's definition that does not go with every method. */
public enum Feature {
    /** Differential privacy. */
    PRIVACY("privacy"),
    /** Secure aggregation. */
    SECURE_AGGREGATION("secureAggregation"),
    /** A sum in which the length of each device's vector is bounded. */
    ROBUST("robust"),
    /** A lossy downlink. */
    DOWNLINK("downlink");

    private final String text;

    Feature(String text) {
        this.text = text;
    }

    /** Returns the name of the field in definitions. */
    public String text() {
        return text;
    }
}
