package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCommandsTest extends RunCommandFixture {

    @Test
    void modelGetWritesTheFormatOfTheFilesExtension() throws Exception {
        Path file = folder.resolve("x.safetensors");
        coordinator.on("GET /runs/digits/rounds/3/model?dtype=float64&holder=coordinator&format=safetensors", "model");

        assertThat(cli.run(
                        "runs",
                        "model",
                        "get",
                        "digits",
                        "--to",
                        file.toString(),
                        "--round",
                        "3",
                        "--dtype",
                        "float64"))
                .isZero();
        assertThat(file).hasContent("model");
        assertThat(folder).isDirectoryNotContaining(entry -> entry.toString().endsWith(".part"));
    }

    @Test
    void modelGetKeepsNothingFromAnEarlierDownloadThatWasKilled() throws Exception {
        Files.writeString(folder.resolve("x.npy.part"), "a longer model");
        coordinator.on("GET /runs/digits/rounds/latest/model?dtype=float32&holder=coordinator&format=npy", "model");

        Path file = folder.resolve("x.npy");
        assertThat(cli.run("runs", "model", "get", "digits", "--to", file.toString()))
                .isZero();
        assertThat(file).hasContent("model");
    }

    @Test
    void modelGetThatFailsLeavesAnOlderFileUnchanged() throws Exception {
        Path file = Files.writeString(folder.resolve("x.npy"), "older");
        coordinator.problem(
                "GET /runs/digits/rounds/latest/model?dtype=float32&holder=coordinator&format=npy",
                404,
                "model-not-kept");

        assertThat(cli.run("runs", "model", "get", "digits", "--to", file.toString()))
                .isEqualTo(3);
        assertThat(file).hasContent("older");
        assertThat(folder).isDirectoryNotContaining(entry -> entry.toString().endsWith(".part"));
    }

    @Test
    void modelGetWaitsForTheEnd() {
        coordinator
                .on("GET /runs/digits", RUNNING)
                .on("GET /runs/digits", FINISHED)
                .on("GET /runs/digits/rounds/latest/model?dtype=float32&holder=coordinator&format=raw", "model");

        assertThat(cli.run(
                        "runs",
                        "model",
                        "get",
                        "digits",
                        "--wait",
                        "--to",
                        folder.resolve("x").toString()))
                .isZero();
        assertThat(cli.pauses()).hasSize(1);
    }

    @Test
    void modelPutSendsRawNumbersWithTheirType() throws Exception {
        Path file = Files.writeString(folder.resolve("x.bin"), "numbers");
        coordinator.on("PUT /runs/digits/model?dtype=float32", 204, "", Map.of());

        assertThat(cli.run("runs", "model", "put", "digits", file.toString(), "--dtype", "float32"))
                .isZero();
        assertThat(coordinator.requests().get(0).body()).isEqualTo("numbers");
    }
}
