package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateRunCommandTest extends RunCommandFixture {

    @Test
    void createSendsTheFileAndSaysWhatToDoNext() throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), "name: digits # a comment\ndimension: 3\n");
        coordinator.on("POST /runs", RUNNING);

        assertThat(cli.run("runs", "create", "-f", file.toString())).isZero();
        assertThat(coordinator.requests().get(0).body()).isEqualTo("{\"name\":\"digits\",\"dimension\":3}");
        assertThat(cli.out()).contains("evenkeel tokens create --uses 10", "evenkeel runs start digits --wait");
    }

    @Test
    void createUploadsAModelAndStartsTheRun() throws Exception {
        Path file = Files.writeString(folder.resolve("run.json"), "{\"name\": \"other\", \"dimension\": 3}");
        Path model = Files.writeString(folder.resolve("x.npy"), "values");
        coordinator
                .on("POST /runs", RUNNING)
                .on("PUT /runs/digits/model", 204, "", Map.of())
                .on("POST /runs/digits/start", RUNNING);

        assertThat(cli.run(
                        "runs",
                        "create",
                        "-f",
                        file.toString(),
                        "--name",
                        "digits",
                        "--model",
                        model.toString(),
                        "--start"))
                .as(cli.err())
                .isZero();
        assertThat(coordinator.requests().get(0).body())
                .isEqualTo("{\"name\":\"digits\",\"dimension\":3,\"initialModel\":\"uploaded\"}");
        assertThat(coordinator.requests().get(1).body()).isEqualTo("values");
        assertThat(coordinator.lines())
                .containsExactly("POST /runs", "PUT /runs/digits/model", "POST /runs/digits/start");
    }

    @Test
    void createNamesTheLineOfEachWrongField() throws Exception {
        Path file = Files.writeString(
                folder.resolve("run.yaml"),
                "name: digits\n# a comment\nrounds: -1\nparticipants:\n  min: 5\n  max: 2\ntensors:\n  - name: w\n");
        coordinator.on(
                "POST /runs",
                400,
                "{\"title\":\"Invalid\",\"detail\":\"x\",\"errors\":["
                        + "{\"field\":\"rounds\",\"message\":\"is -1\"},"
                        + "{\"field\":\"participants.max\",\"message\":\"is 2\"},"
                        + "{\"field\":\"tensors[0].shape\",\"message\":\"is missing\"},"
                        + "{\"field\":\"dimension\",\"message\":\"is missing too\"}]}",
                Map.of());

        assertThat(cli.run("runs", "create", "-f", file.toString())).isEqualTo(2);
        assertThat(cli.err().lines())
                .containsExactly(
                        "evenkeel: the run's definition is not valid; nothing was created:",
                        "  " + file + ":3: rounds: is -1",
                        "  " + file + ":6: participants.max: is 2",
                        "  " + file + ":7: tensors[0].shape: is missing",
                        "  " + file + ": dimension: is missing too");
    }

    @Test
    void createNamesTheLineOfAnUnknownFieldInTheFileNotInWhatWasSent() throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), "name: digits\nparticipants:\n  mn: 5\n");
        coordinator.on(
                "POST /runs",
                400,
                "{\"title\":\"Invalid\",\"field\":\"participants.mn\",\"detail\":\"'participants.mn' is not a known field"
                        + " (line 1, column 44); the fields here are: max, min\"}",
                Map.of());

        assertThat(cli.run("runs", "create", "-f", file.toString())).isEqualTo(2);
        assertThat(cli.err())
                .contains(file + ":3: participants.mn: is not a known field; the fields here are: max, min")
                .doesNotContain("column");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: [a              | is neither YAML nor JSON at line
                    just a text           | is not a valid run's definition
                    ''                    | is not a valid run's definition
                    """)
    void createRefusesAnInvalidDefinitionBeforeItSendsAnything(String text, String message) throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), text);

        assertThat(cli.run("runs", "create", "-f", file.toString())).isEqualTo(2);
        assertThat(cli.err()).contains(message);
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void createSaysThatThereIsNoFile() {
        assertThat(cli.run("runs", "create", "-f", folder.resolve("nothing").toString()))
                .isEqualTo(2);
        assertThat(cli.err()).contains("there is no file", "evenkeel runs init");
    }
}
