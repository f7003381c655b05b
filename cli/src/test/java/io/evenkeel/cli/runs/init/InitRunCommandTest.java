package io.evenkeel.cli.runs.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.core.algorithm.Catalogue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class InitRunCommandTest {

    @TempDir
    private Path folder;

    private JsonNode init(String... more) {
        CliHarness cli = new CliHarness(folder);
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"runs", "init", "-f", "-"}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        assertThat(cli.run(args)).as(cli.err()).isZero();
        return new YAMLMapper().readTree(cli.out());
    }

    private Path safetensors(String header) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        return Files.write(folder.resolve("model.safetensors"), file.array());
    }

    private Path npy(int version, String header) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        ByteBuffer length = ByteBuffer.allocate(version == 1 ? 2 : 4).order(ByteOrder.LITTLE_ENDIAN);
        file.write(
                version == 1
                        ? length.putShort((short) header.length()).array()
                        : length.putInt(header.length()).array());
        file.write(header.getBytes(StandardCharsets.US_ASCII));
        return Files.write(folder.resolve("model.npy"), file.toByteArray());
    }

    @Test
    void theTemplateIsYamlWithTheNameAndADimension() {
        JsonNode run = init("--name", "digits");

        assertThat(run.path("name").asString()).isEqualTo("digits");
        assertThat(run.path("dimension").asInt()).isEqualTo(1000);
        Map<String, String> suggested = Catalogue.suggested();
        assertThat(run.path("algorithm").asString()).isEqualTo(suggested.get("algorithm"));
        assertThat(run.path("compressor").asString()).isEqualTo(suggested.get("compressor"));
        assertThat(run.path("rounds").asString()).isEqualTo(suggested.get("rounds"));
        assertThat(run.path("participants").path("min").asString()).isEqualTo(suggested.get("participants.min"));
        assertThat(run.path("time").path("max").asString()).isEqualTo(suggested.get("time.max"));
        assertThat(run.has("tensors")).isFalse();
    }

    @Test
    void theCommentsNameEveryMethodOfTheCatalogue() {
        CliHarness cli = new CliHarness(folder);
        assertThat(cli.run("runs", "init", "-f", "-")).isZero();
        assertThat(Stream.of(Catalogue.algorithms(), Catalogue.stepRules(), Catalogue.selections())
                        .flatMap(List::stream))
                .allSatisfy(method -> assertThat(cli.out()).contains(method.name()));
        assertThat(cli.out().lines()).hasSizeLessThanOrEqualTo(40);
    }

    @Test
    void tensorsComeInTheOrderOfTheirValuesInASafetensorsFile() throws IOException {
        Path model = safetensors("""
                {"__metadata__": {"format": "pt"},
                 "b \\"quoted\\": x": {"dtype": "F32", "shape": [4], "data_offsets": [24, 40]},
                 "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
                 "scalar": {"dtype": "F32", "shape": [], "data_offsets": [40, 44]}}""");

        JsonNode run = init("--from", model.toString());
        assertThat(run.path("tensors").toString())
                .isEqualTo("[{\"name\":\"a\",\"shape\":[2,3]},{\"name\":\"b \\\"quoted\\\": x\",\"shape\":[4]},"
                        + "{\"name\":\"scalar\",\"shape\":[1]}]");
        assertThat(run.path("initialModel").asString()).isEqualTo("uploaded");
        assertThat(run.has("dimension")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anNpyFileIsOneTensor(int version) throws IOException {
        Path model = npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (128, 64), }");

        assertThat(init("--from", model.toString()).path("tensors").toString())
                .isEqualTo("[{\"name\":\"x\",\"shape\":[128,64]}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "no JSON", "[1]"})
    void aDamagedSafetensorsFileIsRefused(String header) throws IOException {
        CliHarness cli = new CliHarness(folder);

        assertThat(cli.run(
                        "runs", "init", "-f", "-", "--from", safetensors(header).toString()))
                .isEqualTo(2);
        assertThat(cli.err()).contains("is neither a .safetensors nor a .npy file");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 7, 8, 9, 20})
    void aFileThatWasCutOffIsRefused(int length) throws IOException {
        byte[] whole = Files.readAllBytes(npy(1, "{'descr': '<f4', 'shape': (3,), }"));
        Path cut = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, length));
        CliHarness cli = new CliHarness(folder);

        assertThat(cli.run("runs", "init", "-f", "-", "--from", cut.toString())).isEqualTo(2);
        assertThat(cli.err()).contains("is neither a .safetensors nor a .npy file");
    }

    @Test
    void anExistingFileIsReplacedOnlyOnRequest() throws IOException {
        Path file = Files.writeString(folder.resolve("run.yaml"), "mine");
        CliHarness cli = new CliHarness(folder);

        assertThat(cli.run("runs", "init", "-f", file.toString())).isEqualTo(5);
        assertThat(file).hasContent("mine");
        assertThat(cli.run("runs", "init", "-f", file.toString(), "--force")).isZero();
        assertThat(file).content().contains("algorithm: ef21-adaptive");
    }

    @Test
    void aModuleInPythonIsLeftToThePythonPackage() {
        CliHarness cli = new CliHarness(folder);

        assertThat(cli.run("runs", "init", "--name", "digits", "--from", "model.py:Net"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("python -m evenkeel run model.py:Net --name digits");
    }

    @Test
    void aNameThatTheCoordinatorWouldRefuseIsRefused() {
        CliHarness cli = new CliHarness(folder);

        assertThat(cli.run("runs", "init", "--name", "My run")).isEqualTo(2);
        assertThat(cli.err()).contains("expected a-z, 0-9 and -");
    }
}
