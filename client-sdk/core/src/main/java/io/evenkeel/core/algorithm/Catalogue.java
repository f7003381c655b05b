package io.evenkeel.core.algorithm;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.step.StepRule;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All named methods. The checks of definitions, help texts, the API and documents take their names and facts from here. */
public final class Catalogue {

    private Catalogue() {}

    /** Returns the algorithms: each is an error feedback with a step rule. */
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

    private static <T> List<Entry> entries(T[] values, Function<T, Entry> entry) {
        return Arrays.stream(values).map(entry).collect(Collectors.toList());
    }
}
