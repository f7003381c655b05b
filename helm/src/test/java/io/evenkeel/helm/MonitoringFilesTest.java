package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Tests that the chart and docker-compose.yml share one copy of each alert and dashboard. */
class MonitoringFilesTest {

    private static final Path FILES = Chart.FOLDER.resolve("files");
    private static final Pattern RUNBOOK =
            Pattern.compile("^## (\\w+)\n(.*?)(?=^## |\\z)", Pattern.MULTILINE | Pattern.DOTALL);
    /** The placeholder for the runbook's address in an alert's link. */
    private static final String PLACE = "{{ $externalLabels.evenkeel_runbook }}";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void giveTheOperatorTheAlertsAsPrometheusReadsThem() throws IOException {
        PrometheusRule rule = Chart.render(Chart.valueSet("monitoring")).only(PrometheusRule.class);

        String series = "job=\"evenkeel\", namespace=\"fleet\", service=\"trial-evenkeel\"";
        assertThat(JSON.valueToTree(rule.getSpec().getGroups()).findValuesAsText("expr"))
                .as("alerts of one release do not select another one's series")
                .isEqualTo(alerts().stream()
                        .map(alert -> alert.path("expr").asText())
                        .peek(query -> assertThat(query).contains("job=\"evenkeel\""))
                        .map(query -> query.replace("job=\"evenkeel\"", series))
                        .toList());
        assertThat(JSON.valueToTree(rule.getSpec().getGroups()).findValuesAsText("namespace"))
                .hasSameSizeAs(alerts())
                .containsOnly("fleet");
        assertThat(JSON.valueToTree(rule.getSpec().getGroups()).findValuesAsText("description"))
                .isEqualTo(alerts().stream()
                        .map(alert -> alert.at("/annotations/description").asText())
                        .toList());
    }

    @Test
    void giveEveryAlertItsParagraphInTheRunbook() throws IOException {
        Map<String, String> paragraphs = RUNBOOK.matcher(text(Chart.REPOSITORY.resolve("docs/runbook.md")))
                .results()
                .collect(Collectors.toMap(paragraph -> paragraph.group(1), paragraph -> paragraph.group(2)));

        assertThat(paragraphs.keySet())
                .containsExactlyInAnyOrderElementsOf(alerts().stream()
                        .map(alert -> alert.path("alert").asText())
                        .toList());
        assertThat(paragraphs.values())
                .allSatisfy(text -> assertThat(text).contains("**Means** ", "**Look at** ", "**Do**", "\n```\n"));
        assertThat(alerts()).allSatisfy(alert -> {
            assertThat(alert.at("/annotations/runbook_url").asText()).isEqualTo(PLACE + anchor(alert));
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
        });
    }

    @Test
    void linkEveryAlertToAFullAddress() throws IOException {
        PrometheusRule rule = Chart.render(Chart.valueSet("monitoring")).only(PrometheusRule.class);
        List<String> links = alerts().stream()
                .map(alert -> "https://wiki.example/evenkeel/runbook.md" + anchor(alert))
                .toList();

        assertThat(JSON.valueToTree(rule.getSpec().getGroups()).findValuesAsText("runbook_url"))
                .isEqualTo(links);
        // The Prometheus of docker-compose.yml inserts the address itself, from its environment.
        assertThat(read(Chart.REPOSITORY.resolve("ops/prometheus/prometheus.yml"))
                        .at("/global/external_labels/evenkeel_runbook")
                        .asText())
                .isEqualTo("${EVENKEEL_RUNBOOK_URL}");
        assertThat(read(Chart.REPOSITORY.resolve("docker-compose.yml"))
                        .at("/services/prometheus/environment/EVENKEEL_RUNBOOK_URL")
                        .asText())
                .startsWith("${EVENKEEL_RUNBOOK_URL:-");
    }

    @Test
    void haveThePanelsThatTheRunbookNames() {
        Set<String> titles = list("dashboards").stream()
                .flatMap(file -> read(file).findValuesAsText("title").stream())
                .collect(Collectors.toSet());

        String prose = text(Chart.REPOSITORY.resolve("docs/runbook.md")).replaceAll("(?ms)^```.*?^```$", "");
        assertThat(Pattern.compile("\"([A-Z][^\"]*)\"").matcher(prose).results().map(named -> named.group(1)))
                .isNotEmpty()
                .isSubsetOf(titles);
    }

    @Test
    void giveEveryAlertATestInWhichItFires() throws IOException {
        JsonNode tests = read(Chart.REPOSITORY.resolve("ops/prometheus/alerts-test.yaml"));
        List<String> fired = stream(tests.path("tests"))
                .flatMap(test -> stream(test.path("alert_rule_test")))
                .filter(test -> !test.path("exp_alerts").isEmpty())
                .map(test -> test.path("alertname").asText())
                .toList();

        assertThat(fired)
                .containsAll(alerts().stream()
                        .map(alert -> alert.path("alert").asText())
                        .toList());
    }

    @Test
    void giveGrafanasSidecarEachDashboardAsItIs() throws IOException {
        List<ConfigMap> maps = Chart.render(Chart.valueSet("monitoring")).all(ConfigMap.class);

        assertThat(maps)
                .hasSameSizeAs(list("dashboards"))
                .allSatisfy(map -> assertThat(map.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1"));
        for (Path file : list("dashboards")) {
            String name = file.getFileName().toString();
            assertThat(maps).anySatisfy(map -> assertThat(map.getData()).containsExactly(Map.entry(name, text(file))));
        }
    }

    /** Rows only group the panels below them. */
    private static List<JsonNode> panels(JsonNode dashboard) {
        return stream(dashboard.path("panels"))
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    @Test
    void letDashboardsQueryAnyPrometheusForThisJobOnly() {
        assertThat(list("dashboards")).isNotEmpty().allSatisfy(file -> {
            JsonNode dashboard = read(file);
            assertThat(dashboard.path("uid").asText())
                    .isEqualTo("evenkeel-" + file.getFileName().toString().replace(".json", ""));
            assertThat(panels(dashboard)).isNotEmpty().allSatisfy(panel -> {
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.path("description").asText()).isNotEmpty();
                assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotEmpty();
                assertThat(panel.findValuesAsText("expr"))
                        .isNotEmpty()
                        .allMatch(query -> query.contains("job=\"evenkeel\", namespace=~\"$namespace\""));
            });
        });
    }

    @Test
    void nameEverySeriesThatAPanelShows() {
        assertThat(list("dashboards")).isNotEmpty().allSatisfy(file -> {
            JsonNode dashboard = read(file);
            assertThat(dashboard.path("links"))
                    .as("links to the other dashboards")
                    .isNotEmpty();
            assertThat(panels(dashboard)).allSatisfy(panel -> {
                String title = panel.path("title").asText();
                assertThat(panel.path("targets"))
                        .as(title)
                        .isNotEmpty()
                        .allSatisfy(target ->
                                assertThat(target.path("legendFormat").asText()).isNotBlank());
                if (panel.path("type").asText().equals("timeseries")) {
                    assertThat(panel.at("/options/legend/showLegend").asBoolean())
                            .as(title)
                            .isTrue();
                }
            });
        });
    }

    private static String anchor(JsonNode alert) {
        return "#" + alert.path("alert").asText().toLowerCase(Locale.ROOT);
    }

    private static List<JsonNode> alerts() throws IOException {
        return list("alerts").stream()
                .flatMap(file -> stream(read(file).path("groups")))
                .flatMap(group -> stream(group.path("rules")))
                .toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static JsonNode read(Path yaml) {
        try {
            return new YAMLMapper().readTree(yaml.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(String folder) {
        try (Stream<Path> files = Files.list(FILES.resolve(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
