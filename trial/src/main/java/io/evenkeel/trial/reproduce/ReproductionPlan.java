package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ExperimentDraft;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file that defines a reproduction.
 *
 * @param introduction what it is, its settings and the claim, in Markdown
 * @param files whether it takes files: none, optional or required
 * @param experiment the settings that all trials share
 * @param arms as {@code --arm} takes them
 * @param eachStepOf the arm that is run at each step size of its search as an arm of its own
 * @param quick what a quick one changes; null if there is none
 * @param groups the trials
 * @param claims about the arms of each trial
 * @param against what each trial's arms are compared with, in words
 * @param tables of rounds, instead of a table for each trial
 * @param sections the texts of the leader-board's tables
 */
record ReproductionPlan(
        String introduction,
        String files,
        ExperimentDraft experiment,
        List<String> arms,
        @Nullable String eachStepOf,
        @Nullable Quick quick,
        List<Group> groups,
        @Nullable List<Claim> claims,
        @Nullable String against,
        @Nullable List<RoundsTable> tables,
        @Nullable Map<String, String> sections) {

    /** Settings by their paths, and the names of the arms that remain. */
    record Quick(Map<String, String> set, List<String> only) {}

    /**
     * Trials that share settings.
     *
     * @param per {@code file} for trials of each file, {@code no-file} for trials where no file is given, {@code version} for data drawn
     *     from the version; null for trials of their own data
     * @param compressor of arms that compress
     * @param only the names of the arms; null for all
     * @param set settings by their paths
     * @param images the trials of files that are images
     */
    record Group(
            @Nullable String per,
            @Nullable String compressor,
            @Nullable List<String> only,
            @Nullable Map<String, String> set,
            List<Variant> variants,
            @Nullable Group images) {}

    /**
     * A trial.
     *
     * @param name its folder's name, or what follows the file's name
     * @param title its heading; null for the problem's description
     * @param slow whether a quick reproduction leaves it out
     * @param set settings by their paths
     */
    record Variant(
            String name,
            @Nullable String title,
            boolean slow,
            @Nullable Map<String, String> set) {}

    /** One arm reaches a target before another does. */
    record Claim(String text, int target, String first, String second) {}
}
