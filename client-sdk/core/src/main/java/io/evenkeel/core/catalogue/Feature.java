package io.evenkeel.core.catalogue;

/** A part of a run's definition that cannot be combined with every method. */
public enum Feature {
    /** Differential privacy. */
    PRIVACY("privacy"),
    /** Secure aggregation. */
    SECURE_AGGREGATION("secureAggregation"),
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
