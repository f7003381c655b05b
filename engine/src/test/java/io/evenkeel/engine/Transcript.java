package io.evenkeel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Plays transcripts, whose lines consist of an event and, after an arrow, its outcome. */
public final class Transcript {

    private static final String ARROW = "->";

    private Transcript() {}

    /**
     * Plays a transcript and compares the outcomes.
     *
     * @param rules applies an event and returns its outcome; empty for a line without an arrow
     */
    public static void check(String transcript, UnaryOperator<String> rules) {
        String played = transcript
                .lines()
                .map(line -> {
                    String event = line.contains(ARROW) ? line.substring(0, line.indexOf(ARROW)) : line + " ";
                    String outcome = rules.apply(event.trim());
                    return (outcome.isEmpty() ? event : event + ARROW + " " + outcome).stripTrailing();
                })
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(played).isEqualTo(transcript);
    }
}
