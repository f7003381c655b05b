package io.evenkeel.core.step;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Reads the names and parameters of step rules. */
final class StepRules {

    /** The numbers between the colons of a rule's text. */
    private static final class Parameters {

        private final String text;
        private final double[] values;

        Parameters(String text, String[] parts) {
            this.text = text;
            this.values = new double[parts.length - 1];
            for (int i = 1; i < parts.length; i++) {
                try {
                    values[i - 1] = Double.parseDouble(parts[i]);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("parameter " + i + " of the step rule '" + text + "' is '"
                            + parts[i] + "', expected a number");
                }
            }
        }

        double[] orElse(double... defaults) {
            if (values.length > defaults.length) {
                throw new IllegalArgumentException("the step rule '" + text + "' has " + values.length
                        + " parameters, expected at most " + defaults.length);
            }
            double[] all = defaults.clone();
            System.arraycopy(values, 0, all, 0, values.length);
            return all;
        }
    }

    private static final Map<String, Function<Parameters, StepRule>> KNOWN = new LinkedHashMap<>();

    static {
        KNOWN.put("plain", given -> without(given, new PlainStep()));
        KNOWN.put("normalized", given -> without(given, new NormalizedStep()));
        KNOWN.put("layerwise-normalized", given -> without(given, new LayerwiseNormalizedStep()));
        KNOWN.put("accumulated-norm", given -> without(given, new AccumulatedNormStep()));
        KNOWN.put(DistanceStep.NAME, given -> new DistanceStep(given.orElse(DistanceStep.SHARE)[0]));
        KNOWN.put(
                SufficientDecreaseStep.NAME,
                given -> new SufficientDecreaseStep(given.orElse(SufficientDecreaseStep.SHARE)[0]));
        KNOWN.put(MuonStep.NAME, given -> MuonStep.of(given.orElse(MuonStep.STEPS)[0]));
        KNOWN.put(FedAvgMStep.NAME, given -> new FedAvgMStep(given.orElse(FedAvgMStep.BETA)[0]));
        KNOWN.put(FedAdamStep.NAME, given -> new FedAdamStep(Moments.of(given.orElse(Moments.DEFAULTS))));
        KNOWN.put(FedYogiStep.NAME, given -> new FedYogiStep(Moments.of(given.orElse(Moments.DEFAULTS))));
    }

    private StepRules() {}

    private static StepRule without(Parameters given, StepRule rule) {
        given.orElse();
        return rule;
    }

    static StepRule parse(String text) {
        String[] parts = text.split(":", -1);
        Function<Parameters, StepRule> reader = KNOWN.get(parts[0]);
        if (reader == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a step rule: expected one of " + String.join(", ", KNOWN.keySet()));
        }
        return reader.apply(new Parameters(text, parts));
    }

    /** Returns a rule's text. */
    static String text(String name, double... parameters) {
        StringBuilder text = new StringBuilder(name);
        Arrays.stream(parameters).forEach(parameter -> text.append(':').append(parameter));
        return text.toString();
    }

    /** Checks that a decay rate is at least 0 and below 1. */
    static void requireDecay(String rule, String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    name + " of " + rule + " is " + value + ", expected at least 0 and below 1");
        }
    }

    /** Checks that a parameter is finite and above 0. */
    static void requirePositive(String rule, String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name + " of " + rule + " is " + value + ", expected a finite number above 0");
        }
    }
}
