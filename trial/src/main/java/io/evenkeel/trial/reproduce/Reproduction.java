package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.reproduce.ReproductionPlan.Claim;
import io.evenkeel.trial.reproduce.ReproductionPlan.Group;
import io.evenkeel.trial.reproduce.ReproductionPlan.Quick;
import io.evenkeel.trial.reproduce.ReproductionPlan.Variant;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Summary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A published experiment that can be run again, defined by the resource with its name beside this class. */
public final class Reproduction {

    private static final List<String> NAMES = List.of("polynomial", "logistic", "table", "leaderboard");
    private static final String SNAPSHOT = "-SNAPSHOT";

    private final String name;
    private final ReproductionPlan plan;
    private final List<Path> files;
    private final String version;
    private final @Nullable Quick quick;

    private Reproduction(String name, ReproductionPlan plan, List<Path> files, String version, @Nullable Quick quick) {
        this.name = name;
        this.plan = plan;
        this.files = List.copyOf(files);
        this.version =
                version.endsWith(SNAPSHOT) ? version.substring(0, version.length() - SNAPSHOT.length()) : version;
        this.quick = quick;
    }

    /**
     * Returns a reproduction.
     *
     * @param files LIBSVM files; for the leader-board also folders and archives of images by class
     * @param version the version of the program, from which problems are drawn; a snapshot uses those of its release
     * @param quick whether to run fewer rounds, arms and problems
     * @throws IllegalArgumentException if no reproduction has this name, or it does not accept these files
     */
    public static Reproduction of(String name, List<Path> files, String version, boolean quick) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no experiment '" + name + "': expected polynomial, logistic, table or leaderboard");
        }
        ReproductionPlan plan = ExperimentFile.readResource(Reproduction.class, name + ".yaml", ReproductionPlan.class);
        if (quick && plan.quick() == null) {
            throw new IllegalArgumentException("--quick is for leaderboard, not for " + name + ": leave it out");
        }
        if (plan.files().equals("none") && !files.isEmpty()) {
            throw new IllegalArgumentException("the " + name + " takes no data: leave out --data");
        }
        if (plan.files().equals("required") && files.isEmpty()) {
            throw new IllegalArgumentException(
                    "the " + name + " needs LIBSVM files: give --data phishing.gz --data a9a.gz");
        }
        return new Reproduction(name, plan, files, version, quick ? plan.quick() : null);
    }

    /**
     * A trial.
     *
     * @param name its folder's name
     * @param title its heading; null for the problem's description
     * @param experiment its experiment
     */
    public record Part(String name, @Nullable String title, Experiment experiment) {}

    /** Returns the name of the reproduction, which is also that of its folder. */
    public String name() {
        return name;
    }

    /** Returns the description, the settings and the claims of the reproduction, in Markdown. */
    public String introduction() {
        return plan.introduction().replace("{version}", version + (quick != null ? ", with `--quick`" : ""));
    }

    /** Returns the trials of this reproduction. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (Group group : plan.groups()) {
            if ("file".equals(group.per())) {
                files.forEach(file -> parts.addAll(ofFile(group, file)));
            } else if ("version".equals(group.per())) {
                DrawnProblem drawn = DrawnProblem.of(version);
                parts.addAll(parts(group, "", plan.experiment(), drawn.compressor(), drawn.settings()));
            } else if (group.per() == null || files.isEmpty()) {
                parts.addAll(parts(group, "", plan.experiment(), group.compressor(), Map.of()));
            }
        }
        return parts;
    }

    private List<Part> ofFile(Group group, Path file) {
        String path = file.toAbsolutePath().normalize().toString();
        ExperimentDraft draft = ExperimentFile.with(
                plan.experiment(), "data.file", '"' + path.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        Group images = group.images();
        boolean isImages =
                images != null && "images".equals(draft.dataSettings().source());
        Group of = images != null && isImages ? images : group;
        return parts(of, nameOf(file), draft, of.compressor(), Map.of("data.source", isImages ? "images" : "libsvm"));
    }

    /** Returns a file's name without its extensions. */
    private static String nameOf(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.indexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private List<Part> parts(
            Group group, String prefix, ExperimentDraft data, @Nullable String compressor, Map<String, String> more) {
        List<Part> parts = new ArrayList<>();
        for (Variant variant : group.variants()) {
            if (quick == null || !variant.slow()) {
                ExperimentDraft draft = data;
                for (Map.Entry<String, String> setting : settings(more, group, variant)) {
                    draft = ExperimentFile.with(draft, setting.getKey(), setting.getValue());
                }
                Experiment experiment = draft.withArms(arms(group, compressor)).complete();
                parts.add(new Part(prefix + variant.name(), variant.title(), withSteps(experiment)));
            }
        }
        return parts;
    }

    private List<Map.Entry<String, String>> settings(Map<String, String> more, Group group, Variant variant) {
        return Stream.of(quick == null ? null : quick.set(), more, group.set(), variant.set())
                .filter(set -> set != null)
                .flatMap(set -> set.entrySet().stream())
                .toList();
    }

    private List<ArmSettings> arms(Group group, @Nullable String compressor) {
        List<String> only = quick == null ? group.only() : quick.only();
        return plan.arms().stream()
                .map(ArmSettings::parse)
                .filter(arm -> only == null || only.contains(arm.name()))
                .map(arm -> arm.preset().uncompressed() ? arm : arm.withCompressor(compressor))
                .toList();
    }

    private Experiment withSteps(Experiment experiment) {
        List<ArmSettings> arms = experiment.arms().stream()
                .flatMap(arm -> arm.name().equals(plan.eachStepOf()) ? arm.candidates().stream() : Stream.of(arm))
                .toList();
        return experiment.withArms(arms, experiment.baseline());
    }

    /**
     * Returns the findings in Markdown: tables, and for each claim whether it holds.
     *
     * @param summaries one for each part
     */
    public String findings(List<Summary> summaries) {
        List<Part> parts = parts().subList(0, summaries.size());
        if (plan.sections() != null) {
            return new LeaderboardTables(plan.sections(), parts, summaries).text();
        }
        StringBuilder text = new StringBuilder();
        if (plan.tables() != null) {
            plan.tables().forEach(table -> text.append(table.text(parts, summaries)));
            return text.toString();
        }
        for (int i = 0; i < summaries.size(); i++) {
            text.append(trial(parts.get(i), summaries.get(i)));
        }
        return text.toString();
    }

    /**
     * Returns the figures behind the findings in CSV, or an empty text if the findings contain all of them.
     *
     * @param summaries one for each part
     */
    public String figures(List<Summary> summaries) {
        return plan.sections() == null
                ? ""
                : new LeaderboardTables(plan.sections(), parts().subList(0, summaries.size()), summaries).figures();
    }

    private String trial(Part part, Summary summary) {
        StringBuilder text = new StringBuilder("\n### ");
        text.append(part.title() == null ? description(summary) : part.title()).append("\n\n");
        text.append(MarkdownTable.of(summary)).append('\n');
        if (plan.claims() != null) {
            plan.claims().forEach(claim -> text.append(verdict(claim, summary)));
        }
        if (plan.against() != null) {
            for (Comparison comparison : summary.comparisons()) {
                text.append("- ").append(comparison.arm()).append(" against ").append(plan.against());
                text.append(": ").append(comparison.text()).append('\n');
            }
        }
        return text.toString();
    }

    private static String description(Summary summary) {
        Summary.Problem problem = summary.problem();
        return String.format(
                Locale.ROOT,
                "%s (d = %d, %,d samples, %d %s)",
                problem.description(),
                problem.dimension(),
                problem.samples(),
                problem.seeds().size(),
                problem.seeds().size() == 1 ? "seed: nothing is random" : "seeds");
    }

    /** Returns a sentence on whether a claim holds, by the medians over seeds. */
    private static String verdict(Claim claim, Summary summary) {
        double first = TargetRatios.rounds(summary, claim.first(), claim.target());
        double second = TargetRatios.rounds(summary, claim.second(), claim.target());
        String verdict = Double.isInfinite(first) && Double.isInfinite(second)
                ? "**neither got there**."
                : (first < second ? "**agrees**" : "**disagrees**") + " (" + MarkdownTable.count(first, "never")
                        + " against " + MarkdownTable.count(second, "never") + " rounds).";
        return "- " + claim.text() + ": " + verdict + "\n";
    }
}
