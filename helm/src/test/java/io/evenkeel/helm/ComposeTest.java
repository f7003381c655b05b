package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests that docker-compose.yml and docker-compose.relay.yml agree with the files they mount and with
 * .env.example.
 */
class ComposeTest {

    private static final Pattern REQUIRED = Pattern.compile("\\$\\{(\\w+):\\?");

    @Test
    void pinsEveryImageByDigestUnlessItBuildsIt() throws IOException {
        String digest = "@sha256:[0-9a-f]{64}";
        assertThat(services())
                .isNotEmpty()
                .allSatisfy(service -> assertThat(service.path("image").asText())
                        .matches("[a-z/]+:v?\\d+(\\.\\d+)+" + (service.has("build") ? "" : digest)));
    }

    @Test
    void givesServicesNoPrivilegesAndOnlyNecessaryWriteAccess() throws IOException {
        assertThat(services()).isNotEmpty().allSatisfy(service -> {
            assertThat(texts(service.path("cap_drop"))).containsExactly("ALL");
            assertThat(service.has("cap_add")).isFalse();
            assertThat(texts(service.path("security_opt"))).containsExactly("no-new-privileges:true");
            // Compose cannot write a secret from the environment to a read-only file system.
            assertThat(service.path("read_only").asBoolean()).isEqualTo(!service.has("secrets"));
        });
    }

    @Test
    void tellsWhenEachServiceIsReady() throws IOException {
        for (JsonNode service : services()) {
            boolean own = service.has("healthcheck");
            boolean images = service.has("build") && dockerfile().contains("\nHEALTHCHECK ");
            assertThat(own || images).as(service.toString()).isTrue();
        }
    }

    @Test
    void mountsFilesThatExist() throws IOException {
        List<Path> mounted = services().stream()
                .flatMap(service -> service.path("volumes").valueStream())
                .map(volume -> volume.asText().replaceAll(":.*", ""))
                .filter(source -> source.startsWith("./"))
                .map(Chart.REPOSITORY::resolve)
                .map(Path::normalize)
                .toList();

        assertThat(mounted)
                .contains(Chart.FOLDER.resolve("files/alerts"), Chart.FOLDER.resolve("files/dashboards"))
                .allSatisfy(path -> assertThat(path).exists());
    }

    @Test
    void asksForSecretsThatTheExampleNamesAndLeavesEmpty() throws IOException {
        Set<String> required = REQUIRED.matcher(compose())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());

        assertThat(Files.readAllLines(Chart.REPOSITORY.resolve(".env.example")))
                .filteredOn(line -> line.matches("\\w+=.*"))
                .containsExactlyInAnyOrderElementsOf(
                        required.stream().map(name -> name + "=").toList());
    }

    @Test
    void listensOnThisMachineOnly() throws IOException {
        assertThat(services().stream()
                        .flatMap(service -> service.path("ports").valueStream())
                        .map(JsonNode::asText))
                .isNotEmpty()
                .allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void buildsTheVersionThatTheChartRuns() throws IOException {
        JsonNode chart =
                new YAMLMapper().readTree(Chart.FOLDER.resolve("Chart.yaml").toFile());

        assertThat(List.of(compose(), relay()))
                .allMatch(file -> file.contains("image: evenkeel/coordinator:"
                        + chart.path("appVersion").asText() + "\n"));
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    private static List<JsonNode> services() throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        return Stream.concat(
                        yaml.readTree(compose()).path("services").valueStream(),
                        yaml.readTree(relay()).path("services").valueStream())
                .toList();
    }

    private static String compose() throws IOException {
        return Files.readString(Chart.REPOSITORY.resolve("docker-compose.yml"));
    }

    private static String relay() throws IOException {
        return Files.readString(Chart.REPOSITORY.resolve("docker-compose.relay.yml"));
    }

    private static String dockerfile() throws IOException {
        return Files.readString(Chart.REPOSITORY.resolve("Dockerfile"));
    }
}
