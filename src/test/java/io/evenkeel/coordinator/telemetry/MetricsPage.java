package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.testing.GeneratedFile;
import io.evenkeel.coordinator.testing.MetricsExposition;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Generates the tables of docs/metrics.md from a coordinator's metrics: names, types, labels and help texts. */
final class MetricsPage {

    /** Labels whose values the code does not determine, or that appear only on use. */
    private static final Set<String> OPEN = Set.of("run", "evaluation", "metric", "attribute", "operation");

    private MetricsPage() {}

    static String tables(MetricsExposition seen) {
        Predicate<String> relay = name -> name.startsWith("evenkeel_relay_");
        Predicate<String> run = name -> name.startsWith("evenkeel_run_");
        Predicate<String> state = name -> "gauge".equals(seen.types.get(name));
        return table(seen, "The state of a run", run.and(state))
                + table(seen, "Work for a run", run.and(state.negate()))
                + table(seen, "The service", run.or(relay).negate())
                + table(seen, "A relay", relay);
    }

    private static String table(MetricsExposition seen, String title, Predicate<String> section) {
        return seen.types.keySet().stream()
                .filter(name -> name.startsWith("evenkeel_") && !isMaximum(seen, name))
                .filter(section)
                .map(name -> "| `%s` | %s | %s | %s |\n"
                        .formatted(
                                name,
                                seen.types.get(name),
                                labels(seen, name),
                                GeneratedFile.cell(Objects.requireNonNull(seen.help.get(name), name))))
                .collect(Collectors.joining(
                        "", "\n## " + title + "\n\n| name | type | labels | meaning |\n|---|---|---|---|\n", ""));
    }

    /** Returns whether a family is the recent maximum that Micrometer exposes beside each histogram and summary. */
    private static boolean isMaximum(MetricsExposition seen, String name) {
        return name.endsWith("_max") && seen.types.containsKey(name.substring(0, name.length() - "_max".length()));
    }

    private static String labels(MetricsExposition seen, String family) {
        Map<String, Set<String>> labels = new TreeMap<>();
        seen.samples.stream()
                .filter(sample -> sample.name().matches(family + "(_bucket|_count|_sum)?"))
                .flatMap(sample -> sample.labels().entrySet().stream())
                .filter(label -> !label.getKey().equals("le"))
                .forEach(label -> labels.computeIfAbsent(label.getKey(), name -> new TreeSet<>())
                        .add(label.getValue()));
        boolean open = labels.containsKey("operation");
        return labels.entrySet().stream()
                .map(label -> "`" + label.getKey() + "`"
                        + (open || OPEN.contains(label.getKey()) ? "" : ": " + String.join(", ", label.getValue())))
                .collect(Collectors.joining("; "));
    }
}
