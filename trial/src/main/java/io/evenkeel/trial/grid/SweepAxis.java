package io.evenkeel.trial.grid;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/**
 * A setting with several values.
 *
 * @param name step, rule, compressor, ratio, coding, eta or noise, which change each
 *     arm; or the path of a setting in experiment.yaml, for which some short names exist
 * @param values at least two values
 */
public record SweepAxis(String name, List<String> values) {

    /** Multiples of each arm's step size. */
    public static final String STEP = "step";

    private static final Map<String, String> SHORT = Map.of(
            "label-noise", "data.label-noise",
            "heterogeneity", "data.heterogeneity",
            "dirichlet-alpha", "fleet.dirichlet-alpha",
            "participation", "fleet.participation",
            "clients", "fleet.clients",
            "batch", "gradient.batch",
            "local-steps", "gradient.local-steps",
            "lambda", "loss.lambda");

    private static final Map<String, BiFunction<ArmSettings, String, ArmSettings>> OF_ARMS = Map.of(
            STEP,
            (arm, value) -> arm.withGammaTimes(Double.parseDouble(value)),
            "rule",
            ArmSettings::withStep,
            "eta",
            ArmSettings::withEta,
            "noise",
            (arm, value) -> arm.withNoise(Double.parseDouble(value)),
            "compressor",
            ArmSettings::withCompressor,
            "ratio",
            SweepAxis::withRatio,
            "coding",
            SweepAxis::withCoding);

    private static final List<String> COMPRESSION = List.of("compressor", "ratio", "coding");

    public SweepAxis {
        values = List.copyOf(values);
        if (values.size() < 2 || new HashSet<>(values).size() < values.size()) {
            throw new IllegalArgumentException("axis '" + name + "' has the values " + String.join(", ", values)
                    + ": expected two or more, each once");
        }
    }

    /**
     * Reads {@code NAME=VALUE,VALUE,...}.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static SweepAxis parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("axis '" + text
                    + "': expected NAME=VALUE,VALUE,... such as step=0.25,1,4 with a name of "
                    + String.join(", ", names())
                    + ", or a path into experiment.yaml");
        }
        return new SweepAxis(
                text.substring(0, equals).strip(),
                Arrays.stream(text.substring(equals + 1).split(",", -1))
                        .map(String::strip)
                        .toList());
    }

    private static List<String> names() {
        return java.util.stream.Stream.concat(OF_ARMS.keySet().stream(), SHORT.keySet().stream())
                .sorted()
                .toList();
    }

    /** Returns a draft with explicit arms and one of this axis's values. */
    ExperimentDraft set(ExperimentDraft draft, String value) {
        try {
            BiFunction<ArmSettings, String, ArmSettings> ofArms = OF_ARMS.get(name);
            if (ofArms != null) {
                List<ArmSettings> arms = draft.arms() == null ? List.of() : draft.arms();
                return draft.withArms(arms.stream()
                        .map(arm -> isKept(arm) ? arm : ofArms.apply(arm, value))
                        .toList());
            }
            ExperimentDraft changed = ExperimentFile.with(draft, SHORT.getOrDefault(name, name), value);
            return "dirichlet-alpha".equals(name) ? ExperimentFile.with(changed, "fleet.split", "dirichlet") : changed;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("axis '" + name + "': '" + value + "' is not a number", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("axis '" + name + "' at '" + value + "': " + e.getMessage(), e);
        }
    }

    /** Returns whether this axis leaves an arm unchanged: an axis of compression does not change uncompressed arms. */
    private boolean isKept(ArmSettings arm) {
        return isCompression() && arm.preset().uncompressed();
    }

    /** Returns whether this axis changes the amount of data sent. */
    boolean isCompression() {
        return COMPRESSION.contains(name);
    }

    /** Returns a value as a number, if it is numeric. */
    OptionalDouble number(int index) {
        try {
            return OptionalDouble.of(Double.parseDouble(values.get(index)));
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    boolean isNumeric() {
        for (int i = 0; i < values.size(); i++) {
            if (number(i).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    String at(int index) {
        return name + " " + values.get(index);
    }

    /** Returns the axis's display name. */
    String title() {
        return STEP.equals(name) ? "step size, times the arm's own" : name;
    }

    private static CompressorSpec spec(ArmSettings arm) {
        return CompressorSpec.parse(arm.compressorText());
    }

    private static ArmSettings withRatio(ArmSettings arm, String ratio) {
        CompressorSpec spec = spec(arm);
        String selection = spec.selection().toString();
        int colon = selection.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("compressor '" + spec + "' of arm '" + arm.name()
                    + "' has no ratio: sweep over compressor instead");
        }
        return arm.withCompressor(
                selection.substring(0, colon + 1) + ratio + "+" + spec.coding().text());
    }

    private static ArmSettings withCoding(ArmSettings arm, String coding) {
        return arm.withCompressor(spec(arm).selection() + "+" + coding);
    }
}
