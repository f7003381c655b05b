package io.evenkeel.trial.experiment;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of the compared methods. Omitted settings have the values of the algorithm's preset.
 *
 * @param name its name in results: letters, digits and . _ + * -
 * @param algorithm a preset's name
 * @param compressor a compressor's text
 * @param step a step rule's name
 * @param gamma a schedule, {@code theory}, {@code theory*FACTOR}, or, for a search before the runs,
 *     {@code best-of:A|B|C} or {@code tuned}
 * @param eta a schedule
 * @param privacy an {@link ArmPrivacy}
 * @param downlink the compressor of a lossy downlink; by default the downlink is lossless
 * @param robust in the form of {@link RobustRule#parse}, for the EF21 methods; null for the plain sum
 */
public record ArmSettings(
        String name,
        String algorithm,
        @Nullable String compressor,
        @Nullable String step,
        @Nullable String gamma,
        @Nullable String eta,
        @Nullable String privacy,
        @Nullable String downlink,
        @Nullable String robust) {

    private static final int QUICK = 4;
    private static final List<String> KEYS =
            List.of("compressor", "step", "gamma", "eta", "privacy", "downlink", "robust", "name");

    public ArmSettings {
        Check.that(
                name.matches("[A-Za-z0-9._+*-]{1,64}(@[0-9]+)?"),
                "arm '" + name + "': a name has 1 to 64 letters, digits and . _ + * -");
        Preset.parse(algorithm);
        if (compressor != null) {
            CompressorSpec.parse(compressor);
        }
        if (step != null) {
            StepRule.parse(step);
        }
        if (gamma != null) {
            StepSize.parse(gamma);
        }
        if (eta != null) {
            Schedule.parse(eta);
        }
        if (downlink != null) {
            CompressorSpec.parse(downlink);
        }
        if (privacy != null) {
            requirePrivate(ArmPrivacy.parse(privacy), Preset.parse(algorithm), compressor, gamma);
        }
        if (robust != null) {
            requireRobust(robust, Preset.parse(algorithm), privacy);
        }
    }

    private static void requireRobust(String robust, Preset preset, @Nullable String privacy) {
        RobustRule rule = RobustRule.parse(robust);
        Check.that(
                preset.feedback().retainsSum() || rule instanceof RobustRule.Clipped,
                "robust '" + robust + "' is for algorithms whose clients keep g_i, not for " + preset.text()
                        + ": use clip:FACTOR such as clip:2");
        Check.that(
                privacy == null,
                "robust cannot be combined with privacy, whose noise need not be in g_i: leave one out");
    }

    private static void requirePrivate(
            ArmPrivacy privacy, Preset preset, @Nullable String compressor, @Nullable String gamma) {
        PrivacyMechanism.requireSuited(preset.feedback());
        PrivacyMechanism.requireSuited(CompressorSpec.parse(compressor == null ? "identity" : compressor));
        Check.that(
                privacy.noise() != ArmPrivacy.Noise.NOT_FED_BACK
                        || preset.feedback().retainsSum(),
                "algorithm " + preset.text() + " has no memory that could include the noise: leave out +not-fed-back");
        Check.that(
                preset.defaultGamma(preset.step()) != null || gamma != null,
                "there is no theoretical step size for plain steps with noise: set gamma");
    }

    /**
     * Reads {@code algorithm[,key=value ...]} with the keys compressor, step, gamma, eta, privacy, downlink,
     * robust and name, such as {@code ef21,gamma=theory*4}. Without a name, the text is the name.
     *
     * @throws IllegalArgumentException if it is malformed; the message says where
     */
    public static ArmSettings parse(String text) {
        String[] parts = text.split(",", -1);
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            String key = equals < 0 ? parts[i] : parts[i].substring(0, equals).strip();
            Check.that(
                    equals > 0 && KEYS.contains(key),
                    "arm '" + text + "': '" + parts[i] + "' is not KEY=VALUE with a key of " + String.join(", ", KEYS));
            values.put(key, parts[i].substring(equals + 1).strip());
        }
        String algorithm = parts[0].strip();
        return new ArmSettings(
                values.getOrDefault("name", nameOf(algorithm, values)),
                algorithm,
                values.get("compressor"),
                values.get("step"),
                values.get("gamma"),
                values.get("eta"),
                values.get("privacy"),
                values.get("downlink"),
                values.get("robust"));
    }

    private static String nameOf(String algorithm, Map<String, String> values) {
        StringBuilder name = new StringBuilder(algorithm);
        values.forEach(
                (key, value) -> name.append('-').append(value.replace(':', '-').replace('|', '_')));
        return name.substring(0, Math.min(64, name.length()));
    }

    /** Returns a copy with {@code tuned} replaced by a list of step sizes. */
    ArmSettings withGrid(boolean rough) {
        return gamma != null && StepSize.parse(gamma) instanceof StepSize.Tuned tuned
                ? withGamma(StepGrid.of(this, tuned, rough).toString())
                : this;
    }

    /** Returns a copy with fewer step sizes to search if it is {@code tuned}. */
    ArmSettings quick() {
        return gamma != null && StepSize.parse(gamma) instanceof StepSize.Tuned
                ? withGamma(new StepSize.Tuned(QUICK).toString())
                : this;
    }

    /**
     * Returns the arms that a search for the step size runs, whose names are this arm's name followed by @
     * and a number; empty without a search.
     */
    public List<ArmSettings> candidates() {
        List<ArmSettings> candidates = new ArrayList<>();
        if (gamma != null && StepSize.parse(gamma) instanceof StepSize.BestOf sizes) {
            for (StepSize size : sizes.candidates()) {
                String numbered = name + "@" + candidates.size();
                candidates.add(new ArmSettings(
                        numbered, algorithm, compressor, step, size.toString(), eta, privacy, downlink, robust));
            }
        }
        return candidates;
    }

    public Preset preset() {
        return Preset.parse(algorithm);
    }

    public ArmSettings withStep(String other) {
        return new ArmSettings(name, algorithm, compressor, other, gamma, eta, privacy, downlink, robust);
    }

    /** Returns a copy with a step size. */
    public ArmSettings withGamma(String other) {
        return new ArmSettings(name, algorithm, compressor, step, other, eta, privacy, downlink, robust);
    }

    public ArmSettings withEta(String other) {
        return new ArmSettings(name, algorithm, compressor, step, gamma, other, privacy, downlink, robust);
    }

    /**
     * Returns a copy with another noise multiplier, or this arm if it has no privacy.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public ArmSettings withNoise(double multiplier) {
        if (privacy == null) {
            return this;
        }
        String other = ArmPrivacy.parse(privacy).withNoise(multiplier).toString();
        return new ArmSettings(name, algorithm, compressor, step, gamma, eta, other, downlink, robust);
    }

    /** Returns whether the arm draws coordinates or noise and therefore depends on the seed. */
    boolean isRandom() {
        return privacy != null
                || Stream.of(compressor, downlink)
                        .filter(Objects::nonNull)
                        .anyMatch(text -> CompressorSpec.parse(text).selection() instanceof Selection.RandK);
    }

    boolean hasNoiseInShares() {
        return privacy != null && ArmPrivacy.parse(privacy).noise() == ArmPrivacy.Noise.IN_SHARES;
    }

    /** Returns the compressor's text: by default the preset's, or no compression in a private arm. */
    public String compressorText() {
        return compressor != null ? compressor : privacy != null ? "identity" : preset().defaultCompressor();
    }

    /** Returns the step rule, by default the preset's. */
    public StepRule rule() {
        return step == null ? preset().step() : StepRule.parse(step);
    }

    /** Returns a copy with its step size, explicit or default, multiplied by a factor. */
    public ArmSettings withGammaTimes(double factor) {
        Schedule usual = preset().defaultGamma(rule());
        StepSize own = gamma != null
                ? StepSize.parse(gamma)
                : usual == null ? new StepSize.OfTheory(1) : new StepSize.Given(usual);
        return withGamma(own.times(factor).toString());
    }

    public ArmSettings withCompressor(@Nullable String other) {
        return new ArmSettings(name, algorithm, other, step, gamma, eta, privacy, downlink, robust);
    }
}
