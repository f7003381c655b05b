package io.evenkeel.core.feedback;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The kinds of error feedback. The texts are permanent, since plans and devices' saved state contain them. */
public enum FeedbackMethod {
    /** EF21 (Richtárik, Sokolov, Fatkhullin 2021). */
    EF21("ef21", true),
    /** EF21 on a client-side momentum estimate (Fatkhullin, Tyurin, Richtárik 2023). */
    EF21_MOMENTUM("ef21-momentum", true),
    /** Classic error feedback (Seide et al. 2014). */
    EF14("ef14", false),
    /** No feedback. */
    NONE("none", false);

    private final String text;
    private final boolean retainsSum;

    FeedbackMethod(String text, boolean retainsSum) {
        this.text = text;
        this.retainsSum = retainsSum;
    }

    /** Returns the name in plans. */
    public String text() {
        return text;
    }

    /**
     * Returns whether the coordinator's sum persists over rounds, so that a silent client still counts with all it has sent. If
     * not, a round's direction is the mean of that round's messages.
     */
    public boolean retainsSum() {
        return retainsSum;
    }

    /**
     * Finds a method by its name.
     *
     * @throws IllegalArgumentException if there is no such method; the message lists the known ones
     */
    public static FeedbackMethod parse(String text) {
        return Arrays.stream(values())
                .filter(method -> method.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text
                        + "' is not an error feedback method: expected one of "
                        + Arrays.stream(values()).map(FeedbackMethod::text).collect(Collectors.joining(", "))));
    }
}
