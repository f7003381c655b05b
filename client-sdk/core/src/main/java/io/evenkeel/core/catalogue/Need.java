package io.evenkeel.core.catalogue;

/** A requirement of a method beyond one gradient for a message. The texts are permanent, since scripts read them. */
public enum Need {
    /** Devices report their losses. */
    LOSSES("losses"),
    /** Devices report the slope of their function at the end of each step, as the SDKs do by themselves. */
    SLOPES("slopes"),
    /** Gradients are of all of a device's data; with minibatches their noise stays in the device's state. */
    FULL_GRADIENTS("full-gradients"),
    /** Devices compute gradients at two models on the same sample. */
    TWO_GRADIENTS("two-gradients"),
    /** Devices keep the model of their last message. */
    PREVIOUS_MODEL("previous-model");

    private final String text;

    Need(String text) {
        this.text = text;
    }

    /** Returns the name in the API and in documents. */
    public String text() {
        return text;
    }
}
