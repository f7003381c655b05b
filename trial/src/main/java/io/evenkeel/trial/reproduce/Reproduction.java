package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.Summary;
import java.util.List;

/** A published experiment that can be run again. */
public interface Reproduction {

    /** Returns its name, which is its folder's too. */
    String name();

    /** Returns what it is, its settings and what is claimed of it, in Markdown. */
    String introduction();

    /** Returns the trials it consists of. */
    List<Part> parts();

    /**
     * Says what came out, in Markdown: tables, and each claim with whether it held.
     *
     * @param summaries one for each part
     */
    String findings(List<Summary> summaries);

    /**
     * A trial.
     *
     * @param name its folder's name
     * @param experiment what it does
     */
    record Part(String name, Experiment experiment) {}
}
