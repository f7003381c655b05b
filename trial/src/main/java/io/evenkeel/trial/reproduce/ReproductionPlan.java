package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ExperimentDraft;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file that defines a reproduction.
 *
 * @param introduction its description, its settings and the claim, in Markdown
 * @param files whether it accepts files: none, optional or required
 * @param experiment the settings that all trials share
 * @param arms the arms in the form of {@code --arm}
 * @param eachStepOf the arm whose search is replaced by one arm for each step size
 * @param quick the changes of a quick reproduction; null if there is none
 * @param groups the trials
 * @param claims the claims about the arms of each trial
 * @param against a description of the comparison in each trial
 * @param tables tables of rounds, instead of a table for each trial
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

    /** Settings by their paths, and the names of the remaining arms. */
    record Quick(Map<String, String> set, List<String> only) {}

    /**
     * Trials that share settings.
     *
     * @param per {@code file} for trials of each file, {@code no-file} for trials if no
     *     file is given, {@code version} for data drawn from the version; null for trials with their own data
     * @param compressor the compressor of compressed arms
     * @param only the names of the arms; null for all
     * @param set settings by their paths
     * @param images the trials for files with images
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
     * @param name its folder's name, or the suffix after the file's name
     * @param title its heading; null for the problem's description
     * @param slow whether a quick reproduction leaves it out
     * @param set settings by their paths
     */
    record Variant(
            String name,
            @Nullable String title,
            boolean slow,
            @Nullable Map<String, String> set) {}

    /** The claim that one arm reaches a target before another. */
    record Claim(String text, int target, String first, String second) {}
}
