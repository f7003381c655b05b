package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.grid.StudyPlan;
import io.evenkeel.trial.simulation.TableInspection;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The options of a trial; options.tsv describes them. Each has a counterpart in experiment.yaml. */
final class ExperimentOptions {

    private static final List<String> WITHOUT_FILE = List.of("digits", "logistic", "quadratic", "polynomial");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Spec
    void describe(CommandSpec own) {
        TrialOption.addTo(own);
    }

    /** Returns whether any option was given. */
    boolean isEmpty() {
        return TrialOption.all().stream().allMatch(option -> value(option.name()) == null);
    }

    private @Nullable Object value(String name) {
        return command.commandLine().getParseResult().matchedOptionValue(name, null);
    }

    private @Nullable String text(String name) {
        return (String) value(name);
    }

    @SuppressWarnings("unchecked")
    private @Nullable List<String> texts(String name) {
        return (List<String>) value(name);
    }

    /** Returns whether arms are named, not only a compressor for the default arms. */
    boolean namesArms() {
        return value("--arm") != null;
    }

    /**
     * Returns the settings of a comparison, which always contains uncompressed training. Data gets the
     * default preparation unless options say otherwise.
     */
    ExperimentDraft comparison() {
        ExperimentDraft draft = draft();
        return namesArms() ? draft.withUncompressed() : draft.withArms(withCompressor(draft.defaultArms()));
    }

    /** Returns the settings of a sweep or a probe, which vary the step sizes of their arms. */
    ExperimentDraft untuned() {
        ExperimentDraft draft = draft();
        return namesArms() ? draft : draft.withArms(withCompressor(draft.untunedArms()));
    }

    /** Returns the settings of a study, which has its own arms. */
    ExperimentDraft study() {
        ExperimentDraft draft = draft();
        return namesArms() ? draft : draft.withArms(withCompressor(StudyPlan.defaultArms(draft)));
    }

    /**
     * Returns the given settings, completed by the inspection of the data and its default preparation. Reads
     * tables.
     */
    private ExperimentDraft draft() {
        return TableInspection.complete(given().prepared());
    }

    /** Returns only the given settings. */
    ExperimentDraft given() {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (TrialOption option : TrialOption.all()) {
            if (!option.path().isEmpty()) {
                put(settings, option.path(), value(option.name()));
            }
        }
        data(settings);
        put(settings, "data.preparation.columns", columns());
        thresholds(settings);
        ExperimentDraft draft = ExperimentFile.draft(settings);
        List<String> arms = texts("--arm");
        return arms == null
                ? draft
                : draft.withArms(
                        withCompressor(arms.stream().map(ArmSettings::parse).toList()));
    }

    @SuppressWarnings("unchecked")
    private void thresholds(Map<String, Object> settings) {
        Map<String, Double> named = (Map<String, Double>) value("--threshold");
        put(settings, "thresholds", named == null ? null : ThresholdSettings.draft(named));
    }

    /** Sets the source and the file of the data; a name that needs no file overrides the format. */
    private void data(Map<String, Object> settings) {
        String data = text("--data");
        String name = data == null ? "" : data.toLowerCase(Locale.ROOT);
        if (WITHOUT_FILE.contains(name)) {
            put(settings, "data.source", name);
            return;
        }
        put(settings, "data.source", value("--format"));
        if (data != null) {
            put(
                    settings,
                    "data.file",
                    Path.of(data).toAbsolutePath().normalize().toString());
        }
    }

    private @Nullable Map<String, String> columns() {
        Map<String, String> roles = new LinkedHashMap<>();
        addRole(roles, texts("--drop"), "drop");
        addRole(roles, texts("--numeric"), "number");
        addRole(roles, texts("--category"), "category");
        return roles.isEmpty() ? null : roles;
    }

    private static void addRole(Map<String, String> roles, @Nullable List<String> columns, String role) {
        if (columns == null) {
            return;
        }
        for (String column : columns) {
            String other = roles.put(column, role);
            if (other != null && !other.equals(role)) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is named as " + other + " and as " + role + ": name it once");
            }
        }
    }

    /** Puts a value at a path into nested maps, unless it is null. */
    @SuppressWarnings("unchecked")
    static void put(Map<String, Object> settings, String path, @Nullable Object value) {
        if (value == null) {
            return;
        }
        int dot = path.indexOf('.');
        if (dot < 0) {
            settings.put(path, value);
        } else {
            Object inner = settings.computeIfAbsent(path.substring(0, dot), key -> new LinkedHashMap<String, Object>());
            put((Map<String, Object>) inner, path.substring(dot + 1), value);
        }
    }

    private List<ArmSettings> withCompressor(List<ArmSettings> settings) {
        String added = text("--compressor");
        return added == null
                ? settings
                : settings.stream()
                        .map(arm -> arm.compressor() == null && !arm.preset().uncompressed()
                                ? arm.withCompressor(added)
                                : arm)
                        .toList();
    }
}
