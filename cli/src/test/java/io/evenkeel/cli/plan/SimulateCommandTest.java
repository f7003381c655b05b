package io.evenkeel.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulateCommandTest {

    @TempDir
    private Path home;

    private CliHarness cli;
    private Path definition;

    @BeforeEach
    void writeDefinition() throws IOException {
        cli = new CliHarness(home).variable("NO_COLOR", "1").onTerminal(80);
        definition = Files.writeString(home.resolve("run.yaml"), """
                name: phones
                dimension: 10000
                algorithm: ef21-norm
                compressor: top-k:0.01
                rounds: 500
                sampling: 0.2
                participants: {min: 20}
                time: {max: 20m}
                """);
    }

    private int simulate(String... options) {
        List<String> all = new ArrayList<>(List.of("simulate", "-f", definition.toString()));
        all.addAll(List.of(options));
        return cli.run(all.toArray(String[]::new));
    }

    @Test
    void reportsTheDurationsAndAnswersOfRounds() {
        assertThat(simulate("--devices=400", "--rounds=30", "--availability=phones-at-night"))
                .as(cli.err())
                .isZero();
        assertThat(cli.out())
                .containsSubsequence(
                        "30 rounds in ",
                        "of 400 devices",
                        "duration ",
                        "answered ",
                        "closed ",
                        "up ",
                        "check-ins ",
                        "00:00 ",
                        "23:00 ");
        assertThat(cli.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void aDocumentHasTheSameFiguresEachTime() {
        String[] options = {"--devices=300", "--rounds=10", "--availability=always", "--output=json"};
        assertThat(simulate(options)).as(cli.err()).isZero();
        JsonNode document = JsonMapper.shared().readTree(cli.out());
        assertThat(document.at("/rounds/closed").asInt()).isEqualTo(10);
        assertThat(document.at("/rounds/asked/p50").asInt()).isEqualTo(60);
        assertThat(document.at("/bytes/message").asLong()).isBetween(400L, 600L);
        assertThat(document.at("/bytes/model").asLong()).isEqualTo(40_000);
        assertThat(document.at("/hours").size()).isEqualTo(24);
        simulate(options);
        assertThat(JsonMapper.shared().readTree(cli.out())).isEqualTo(document);
    }

    @Test
    void aRunThatCannotProgressIsNamed() {
        assertThat(simulate("--devices=19")).isZero();
        assertThat(cli.out()).contains("would not start: 19 of 19 devices joined");
    }

    @Test
    void wrongFieldsAreNamedWithTheirLines() throws IOException {
        Files.writeString(definition, "name: phones\ndimension: 10\nrounds: 10\nsampling: 2\ntime: {max: soon}\n");
        assertThat(simulate("--devices=10")).isEqualTo(2);
        assertThat(cli.err()).contains("run.yaml:5: time.max");
        Files.writeString(definition, "name: phones\ndimension: 10\nrounds: 10\nsampling: 2\n");
        assertThat(simulate("--devices=10")).isEqualTo(2);
        assertThat(cli.err()).contains("run.yaml:4: sampling");
        assertThat(simulate("--devices=10", "--availability=nowhere.yaml")).isEqualTo(2);
        assertThat(cli.err())
                .contains("--availability nowhere.yaml: there is no file")
                .contains("phones-at-night");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            downlink: TEXT | downlink: is not an object; its fields are: compressor
            rounds: many | rounds: is not an integer of at most 2147483647
            rounds: 1.5 | rounds: is '1.5', expected an integer of at most 2147483647
            time: {max: soon} | time.max: is 'soon', expected a duration such as 30s, 5m or PT1H
            time: {max: [1]} | time.max: is not a duration such as 30s, 5m or PT1H
            tags: text | tags: is not a list
            priority: top | priority: is not an integer of at most 2147483647
            participants: {mn: 3} | participants.mn: is not a known field; the fields here are: max, min
            """)
    void aFieldOfTheWrongKindIsNamedWithWhatWasExpected(String wrong, String message) throws IOException {
        Files.writeString(definition, "name: phones\ndimension: 10\nalgorithm: ef21-norm\n" + wrong + "\n");
        assertThat(simulate("--devices=10")).isEqualTo(2);
        assertThat(cli.err())
                .contains("run.yaml:4: " + message, "correct the file and run the command again")
                .doesNotContain("io.evenkeel", "Cannot", "deserialize", "`");
    }
}
