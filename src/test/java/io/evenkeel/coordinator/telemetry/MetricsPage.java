package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.MetricsExposition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The table of metrics in docs/metrics.md, in a form to compare with what a coordinator exposes: name to type and labels. */
final class MetricsPage {

    private static final Path DOCS =
            Path.of("").toAbsolutePath().resolve("../docs/metrics.md").normalize();

    private MetricsPage() {}

    /** Returns the coordinator's own metrics in an exposition. */
    static Map<String, String> emitted(MetricsExposition seen) {
        Map<String, String> emitted = new TreeMap<>();
        seen.types.forEach((name, type) -> {
            if (name.startsWith("evenkeel_") && !isMaximum(seen, name)) {
                emitted.put(name, type + ", " + labels(seen, name));
            }
        });
        return emitted;
    }

    /** Micrometer exposes a recent maximum beside each histogram and summary. */
    private static boolean isMaximum(MetricsExposition seen, String name) {
        return name.endsWith("_max") && seen.types.containsKey(name.substring(0, name.length() - "_max".length()));
    }

    private static Set<String> labels(MetricsExposition seen, String family) {
        Set<String> labels = new TreeSet<>();
        seen.samples.stream()
                .filter(sample -> sample.name().matches(family + "(_bucket|_count|_sum)?"))
                .forEach(sample -> labels.addAll(sample.labels().keySet()));
        labels.remove("le");
        return labels;
    }

    /** Returns the rows of the page. */
    static Map<String, String> documented() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(DOCS, StandardCharsets.UTF_8)) {
            if (line.startsWith("| `evenkeel_")) {
                List<String> cells =
                        Arrays.stream(line.split("\\|")).map(String::strip).toList();
                String name = cells.get(1).replace("`", "");
                Set<String> labels = new TreeSet<>(
                        Arrays.asList(cells.get(4).replace("`", "").split(", ")));
                labels.remove("");
                assertThat(name).contains(unit(cells.get(3)));
                rows.put(name, cells.get(2) + ", " + labels);
            }
        }
        return rows;
    }

    private static String unit(String cell) {
        return Set.of("seconds", "bytes").contains(cell) ? "_" + cell : "";
    }
}
