package io.evenkeel.core.catalogue;

/** A requirement of a method beyond one gradient per message. The texts are permanent, since scripts read them. */
public enum Need {
    /** Devices report their losses. */
    LOSSES("losses"),
    /** Devices report the slope of their loss at the end of each step; the SDKs do so automatically. */
    SLOPES("slopes"),
    /** Gradients use all of a device's data; the noise of minibatches would stay in the device's state. */
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
