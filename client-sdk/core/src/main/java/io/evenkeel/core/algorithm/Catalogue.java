package io.evenkeel.core.algorithm;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.step.StepRule;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All named methods. Validation, help texts, the API and the documentation take names and facts from here. */
public final class Catalogue {

    private Catalogue() {}

    /** Returns the algorithms, each of which combines an error feedback method with a step rule. */
    public static List<Entry> algorithms() {
        return entries(Preset.values(), Preset::entry);
    }

    /** Returns the error feedback methods of devices, which include their momentum. */
    public static List<Entry> errorFeedback() {
        return entries(FeedbackMethod.values(), FeedbackMethod::entry);
    }

    /** Returns the step rules of the coordinator. */
    public static List<Entry> stepRules() {
        return StepRule.all().stream().map(StepRule::entry).collect(Collectors.toList());
    }

    /** Returns the selections, the first part of a compressor. */
    public static List<Entry> selections() {
        return CompressorSpec.selections();
    }

    /** Returns the value codings, the second part of a compressor. */
    public static List<Entry> valueCodings() {
        return entries(ValueCoding.values(), ValueCoding::entry);
    }

    /** Returns the mechanisms of differential privacy. */
    public static List<Entry> privacyMechanisms() {
        return PrivacyMechanism.entries();
    }

    /**
     * Returns the initial values of a run's definition in forms and templates, by the field's path. Usually they are a
     * better start than the defaults of omitted fields.
     */
    public static Map<String, String> suggested() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("algorithm", Preset.EF21_ADAPTIVE.entry().name());
        fields.put("compressor", "top-k:0.01");
        fields.put("rounds", "500");
        fields.put("participants.min", "2");
        fields.put("time.max", "60s");
        return Collections.unmodifiableMap(fields);
    }

    private static <T> List<Entry> entries(T[] values, Function<T, Entry> entry) {
        return Arrays.stream(values).map(entry).collect(Collectors.toList());
    }
}
