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
        assertThat(cli.out()).contains("evenkeel tokens create --run digits", "evenkeel runs start digits --wait");
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: [a              | is neither YAML nor JSON at line
                    just a text           | is no run's definition
                    ''                    | is no run's definition
                    """)
    void createRefusesAFileThatIsNoDefinitionBeforeItSendsAnything(String text, String message) throws Exception {
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
