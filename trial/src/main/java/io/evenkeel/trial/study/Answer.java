package io.evenkeel.trial.study;

import java.util.List;

/**
 * The answer to a question.
 *
 * @param question the question
 * @param verdicts one for each normalized method, in words
 * @param figures what they rest on, a sentence each
 */
public record Answer(String question, List<Verdict> verdicts, List<String> figures) {

    public Answer {
        verdicts = List.copyOf(verdicts);
        figures = List.copyOf(figures);
    }

    /**
     * The answer for one method.
     *
     * @param arm its name
     * @param good whether it is to the method's credit (1), against it (-1), or neither (0)
     * @param text the answer, without the method's name
     */
    public record Verdict(String arm, int good, String text) {}
}
