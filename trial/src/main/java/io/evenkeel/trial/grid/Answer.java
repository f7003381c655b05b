package io.evenkeel.trial.grid;

import java.util.List;

/**
 * The answer to a question.
 *
 * @param question the question
 * @param verdicts one for each normalized method
 * @param figures the figures behind the verdicts, one sentence each
 */
public record Answer(String question, List<Verdict> verdicts, List<String> figures) {

    public Answer {
        verdicts = List.copyOf(verdicts);
        figures = List.copyOf(figures);
    }

    /** Returns the verdicts with their methods; the figures if there are no verdicts. */
    public List<String> lines() {
        return verdicts.isEmpty()
                ? figures
                : verdicts.stream()
                        .map(verdict -> verdict.arm() + ": " + verdict.text() + ".")
                        .toList();
    }

    /**
     * The answer for one method.
     *
     * @param arm its name
     * @param good 1 in favour of the method, -1 against it, or 0 for neither
     * @param text the answer, without the method's name
     */
    public record Verdict(String arm, int good, String text) {}
}
