package io.evenkeel.core.privacy;

import java.util.Arrays;
import java.util.Locale;

/** The party that adds the noise of a private run. The texts are permanent, since plans contain them. */
public enum NoiseAdder {

    /**
     * Each device adds noise to its message (local differential privacy): no other party sees a message without noise.
     */
    DEVICE,

    /**
     * The coordinator adds noise to a round's sum (central differential privacy): it sees each message without noise,
     * and must be trusted. The models contain the noise.
     */
    COORDINATOR;

    /** Returns the text in definitions and plans. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException if the text is invalid; the message says what is expected
     */
    public static NoiseAdder parse(String text) {
        return Arrays.stream(values())
                .filter(adder -> adder.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is '" + text + "', expected device or coordinator"));
    }
}
