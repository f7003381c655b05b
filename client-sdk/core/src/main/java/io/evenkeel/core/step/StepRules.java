package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the names and parameters of step rules. */
final class StepRules {

    /**
     * A kind of step rule.
     *
     * @param make makes a rule from the values of all parameters
     */
    private record Kind(Entry entry, Function<double[], StepRule> make) {

        StepRule read(String text, String[] parts) {
            double[] values = entry.parameters().stream()
                    .mapToDouble(parameter -> Double.parseDouble(Objects.requireNonNull(parameter.usual())))
                    .toArray();
            double[] given = new double[parts.length - 1];
            for (int i = 0; i < given.length; i++) {
                given[i] = number(text, i + 1, parts[i + 1]);
            }
            if (given.length > values.length) {
                throw new IllegalArgumentException("the step rule '" + text + "' has " + given.length
                        + " parameters, expected at most " + values.length);
            }
            System.arraycopy(given, 0, values, 0, given.length);
            return make.apply(values);
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind(PlainStep.ENTRY, given -> new PlainStep()),
            new Kind(NormalizedStep.ENTRY, given -> new NormalizedStep()),
            new Kind(LayerwiseNormalizedStep.ENTRY, given -> new LayerwiseNormalizedStep()),
            new Kind(AccumulatedNormStep.ENTRY, given -> new AccumulatedNormStep()),
            new Kind(DistanceStep.ENTRY, given -> new DistanceStep(given[0])),
            new Kind(SufficientDecreaseStep.ENTRY, given -> new SufficientDecreaseStep(given[0])),
            new Kind(SlopeStep.ENTRY, given -> new SlopeStep(given[0])),
            new Kind(MuonStep.ENTRY, given -> MuonStep.of(given[0])),
            new Kind(FedAvgMStep.ENTRY, given -> new FedAvgMStep(given[0])),
            new Kind(NesterovStep.ENTRY, given -> new NesterovStep(given[0])),
            new Kind(FedAdamStep.ENTRY, given -> new FedAdamStep(Moments.of(given))),
            new Kind(FedYogiStep.ENTRY, given -> new FedYogiStep(Moments.of(given))));

    private StepRules() {}

    static StepRule parse(String text) {
        String[] parts = text.split(":", -1);
        return KINDS.stream()
                .filter(kind -> kind.entry.name().equals(parts[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a step rule: expected one of "
                        + KINDS.stream().map(kind -> kind.entry.name()).collect(Collectors.joining(", "))))
                .read(text, parts);
    }

    static List<StepRule> all() {
        return KINDS.stream().map(kind -> parse(kind.entry.name())).collect(Collectors.toList());
    }

    private static double number(String text, int place, String part) {
        try {
            return Double.parseDouble(part);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "parameter " + place + " of the step rule '" + text + "' is '" + part + "', expected a number", e);
        }
    }
}
