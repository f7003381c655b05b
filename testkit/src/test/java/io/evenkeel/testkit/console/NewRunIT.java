package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.tools.ApiPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import tools.jackson.databind.JsonNode;

/** Creates runs from the form, from YAML and from a model's file. */
@BrowserTest
class NewRunIT {

    private final ConsoleScene scene;
    private final Browser browser;

    NewRunIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    @BeforeEach
    void openForm() {
        browser.signIn(scene.coordinator().token());
        browser.open("new");
        browser.see("Run name");
    }

    private JsonNode run(String name) {
        return scene.client().get(ApiPath.of("runs", name));
    }

    private void yaml(String text) {
        browser.click("Edit or paste YAML");
        browser.type("YAML", text);
    }

    @Test
    void showsTheYamlThatTheFormDescribes() {
        browser.type("Run name", "from-form");
        browser.type("Number of parameters", "20");
        browser.type("Step size", "horizon:1:0.5");
        assertThat(browser.await(By.cssSelector("pre")).getText())
                .contains(
                        "name: from-form\n",
                        "dimension: 20\n",
                        "participants:\n",
                        "  min: 2\n",
                        "time:\n",
                        "  max: 60s\n")
                .contains("gamma: horizon:1:0.5\n", "compressor: top-k:0.01\n");
        browser.screenshot("new-run");
        browser.click("Create");
        browser.see("Not started");
        assertThat(run("from-form").path("gamma").asString()).isEqualTo("horizon:1.0:0.5");
    }

    @Test
    void offersEveryMethodOfTheCatalogue() {
        browser.until(() -> browser.count("select[name=algorithm] option") > 1);
        browser.click(By.xpath("//summary[.='More fields']"));
        assertThat(browser.texts("select[name=algorithm] option")).isEqualTo(names("algorithms"));
        assertThat(browser.texts("select[name=step] option")).containsAll(names("stepRules"));
    }

    private List<String> names(String kind) {
        return scene.client()
                .get(ApiPath.of("algorithms"))
                .path(kind)
                .valueStream()
                .map(method -> method.path("name").asString())
                .toList();
    }

    @Test
    void takesPastedYamlAndShowsItInTheForm() {
        yaml("""
                name: pasted   # a comment
                tensors:
                  - {name: weight, shape: [3, 2]}
                  - {name: bias, shape: [3]}
                algorithm: ef21-norm
                rounds: 7
                participants: {min: 2, max: 5}
                time: {max: 90s}
                """);
        browser.click("Back to the form");
        browser.see("2 tensors with 9 parameters");
        assertThat(browser.await(By.name("participants.max")).getDomProperty("value"))
                .isEqualTo("5");
        assertThat(browser.await(By.cssSelector("pre")).getText())
                .contains("  - {name: \"weight\", shape: [3,2]}\n", "rounds: 7\n", "  max: 90s");
        browser.click("Create");
        browser.see("Not started");
        assertThat(run("pasted").path("tensors").path(1).path("name").asString())
                .isEqualTo("bias");
        assertThat(run("pasted").path("participants").path("max").asInt()).isEqualTo(5);
    }

    @Test
    void saysWhereYamlIsWrongAndKeepsIt() {
        yaml("name: wrong\nrounds: [1, 2\n");
        browser.click("Create");
        browser.see("Line 3, column 1");
        assertThat(browser.await(By.cssSelector("textarea")).getDomProperty("value"))
                .startsWith("name: wrong");
        browser.type("YAML", "name: wrong\ndimension: 4\nseed: 9007199254740993\n");
        browser.click("Create");
        browser.see("seed is an integer beyond 2^53");
        browser.type("YAML", "name: wrong\ndimension: 4\nsed: 1\n");
        browser.click("Back to the form");
        browser.see("without a field here: sed");
        browser.see("sed: 1");
        browser.click("Create");
        browser.see("sed");
        assertThat(scene.client().get(ApiPath.of("runs")))
                .noneMatch(run -> run.path("name").asString().equals("wrong"));
    }

    @Test
    void startsFromASafetensorsFile(@TempDir Path folder) throws IOException {
        Path file = safetensors(
                folder.resolve("model.safetensors"),
                "{\"b\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[16,32]},"
                        + "\"a\":{\"dtype\":\"F64\",\"shape\":[2,1],\"data_offsets\":[0,16]}}");
        browser.type("Run name", "from-file");
        browser.await(By.cssSelector("input[type=file]")).sendKeys(file.toString());
        browser.see("2 tensors with 4 parameters");
        browser.click("Create");
        browser.see("Not started");
        assertThat(run("from-file").path("tensors").path(0).path("name").asString())
                .isEqualTo("a");
        JsonNode log = scene.client().get(ApiPath.of("audit-log").with("run", "from-file"));
        assertThat(log)
                .anyMatch(entry -> entry.path("path").asString().endsWith("/from-file/model")
                        && entry.path("status").asInt() == 204);
    }

    @Test
    void refusesAFileThatIsNotAModel(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("notes.npy"), "just some text, and long enough");
        browser.await(By.cssSelector("input[type=file]")).sendKeys(file.toString());
        browser.see("neither a .safetensors nor a .npy file");
    }

    @Test
    void namesEveryWrongFieldOfANewRun() {
        browser.type("Run name", "wrong");
        browser.type("Number of parameters", "-3");
        browser.type("Rounds", "0");
        browser.click("Create");
        browser.see("is -3, expected an integer from 1");
        browser.see("is 0, expected");
    }

    /** Writes a file with the values 1, 2, 3 and 4. */
    private static Path safetensors(Path file, String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + json.length + 4 * Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json);
        for (int value = 1; value <= 4; value++) {
            bytes.putDouble(value);
        }
        return Files.write(file, bytes.array());
    }
}
