package io.evenkeel.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ModelsCommandTest extends StubFixture {

    private static final String CONTENT = "not really a model";
    private static final String SHA256 = "29a6a9f19463c8e9c592d2f06fa009fe46e351b618667e95eac63df77c56f404";

    private static final String VERSION = """
        {"model": "digits", "version": 3, "aliases": ["production"], "run": "digits-7", "round": 500, "members": 40,
         "loss": 0.25, "metrics": {"accuracy": 0.91}, "definition": {"algorithm": "ef21-norm"},
         "tensors": [{"name": "w", "shape": [64, 10]}], "dtype": "float32", "bytes": 2640, "sha256": "%s",
         "metadata": {"ticket": "ML-7"}, "createdBy": "ada", "createdAt": "2026-01-31T11:00:00Z"}\
        """.formatted(SHA256);

    @Test
    void listShowsTheNewestVersionAndTheAliases() {
        coordinator.on("GET /models?limit=101", """
            [{"name": "digits", "versions": 3, "newest": 4, "aliases": {"candidate": 4, "production": 3},
              "createdAt": "2026-01-31T11:00:00Z"}]\
            """);

        assertThat(cli.run("models", "list")).isZero();

        assertThat(cli.out()).containsPattern("digits +4 +3 +candidate=4, production=3");
    }

    @Test
    void protectsAnAliasAndAsksToEndItsProtection() {
        String protection = "{\"model\": \"digits\", \"alias\": \"production\", \"protectedBy\": \"ada\"%s}";
        coordinator.on("POST /models/digits/aliases/production/protection", protection.formatted(""));
        coordinator.on(
                "POST /models/digits/aliases/production/protection/release",
                protection.formatted(", \"releaseBy\": \"ada\""));

        assertThat(cli.run("models", "protect", "digits")).isZero();
        assertThat(cli.out()).contains("@production of model digits is protected");
        assertThat(cli.run("models", "protect", "digits", "--release")).isZero();
        assertThat(cli.out()).contains("until another operator confirms its release");
    }

    @Test
    void listSaysHowToMakeTheFirst() {
        coordinator.on("GET /models?limit=101", "[]");

        assertThat(cli.run("models", "list")).isZero();

        assertThat(cli.out()).contains("evenkeel models publish");
    }

    @Test
    void showsWhereAVersionComesFrom() {
        coordinator.on("GET /models/digits/versions/%40production/details", VERSION);

        assertThat(cli.run("models", "show", "digits", "@production")).isZero();

        assertThat(cli.out())
                .contains("digits-7, round 500", "ef21-norm", "accuracy", "0.91", SHA256, "ticket", "ML-7", "ada");
    }

    @Test
    void saysWhyAVersionHasNoLoss() {
        coordinator.on(
                "GET /models/digits/versions/3/details",
                VERSION.replace("\"loss\": 0.25", "\"noLoss\": \"not-trained-on\""));

        assertThat(cli.run("models", "show", "digits", "3")).isZero();

        assertThat(cli.out()).contains("no round that trained on this model", "evenkeel evaluations create");
    }

    @Test
    void publishesARoundWithMetadata() {
        coordinator.on("POST /models/digits/versions", VERSION);

        assertThat(cli.run("models", "publish", "digits", "--run", "digits-7", "--round", "500", "--metadata", "a=b"))
                .isZero();

        assertThat(coordinator.requests().get(0).body())
                .isEqualTo("{\"run\":\"digits-7\",\"round\":500,\"metadata\":{\"a\":\"b\"}}");
        assertThat(cli.out()).contains("version 3 of model digits", SHA256);
    }

    @Test
    void publishesTheRoundWithTheBestLosses() {
        coordinator.on("POST /models/digits/versions", VERSION);

        assertThat(cli.run("models", "publish", "digits", "--run", "digits-7", "--round", "best"))
                .isZero();

        assertThat(coordinator.requests().get(0).body()).isEqualTo("{\"run\":\"digits-7\",\"best\":true}");
        assertThat(cli.run("models", "publish", "digits", "--run", "digits-7", "--round", "good"))
                .isEqualTo(2);
    }

    @Test
    void publishesAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("m.safetensors"), CONTENT);
        coordinator.on("POST /models/digits/versions/upload", VERSION);

        assertThat(cli.run("models", "publish", "digits", "--file", file.toString()))
                .isZero();

        assertThat(coordinator.requests().get(0).body()).isEqualTo(CONTENT);
        assertThat(cli.run("models", "publish", "digits", "--file", file.toString(), "--round", "3"))
                .isEqualTo(2);
        assertThat(cli.run("models", "publish", "digits")).isEqualTo(2);
    }

    @Test
    void promotesAndRollsBack() {
        String change = "{\"model\": \"digits\", \"alias\": \"production\", \"version\": 3}";
        coordinator
                .on("PUT /models/digits/aliases/production", change)
                .on("POST /models/digits/aliases/production/rollback", change.replace("3", "2"));

        assertThat(cli.run("models", "promote", "digits", "3", "--reason", "better"))
                .isZero();
        assertThat(coordinator.requests().get(0).body()).isEqualTo("{\"version\":3,\"reason\":\"better\"}");
        assertThat(cli.out()).contains("@production of model digits names version 3");
        assertThat(cli.run("models", "rollback", "digits")).isZero();
        assertThat(cli.out()).contains("names version 2");
    }

    @Test
    void keepsADownloadOnlyIfItsDigestIsRight() throws IOException {
        Path file = folder.resolve("m.safetensors");
        Files.writeString(file, "before");
        coordinator.on("GET /models/digits/versions/3/details", VERSION).on("GET /models/digits/versions/3", "damaged");

        assertThat(cli.run("models", "get", "digits", "3", "--to", file.toString()))
                .isEqualTo(1);
        assertThat(cli.err()).contains("SHA-256 is not " + SHA256);
        assertThat(file).hasContent("before");

        coordinator.on("GET /models/digits/versions/3", CONTENT);
        assertThat(cli.run("models", "get", "digits", "3", "--to", file.toString()))
                .isZero();
        assertThat(Files.readString(file, StandardCharsets.UTF_8)).isEqualTo(CONTENT);
        assertThat(folder.resolve("m.safetensors.part")).doesNotExist();
    }

    @Test
    void asksBeforeItDeletes() {
        coordinator.on("DELETE /models/digits/versions/2", "").problem("DELETE /models/digits", 409, "version-in-use");

        assertThat(cli.run("models", "delete", "digits", "2")).isEqualTo(2);
        assertThat(coordinator.requests()).isEmpty();
        assertThat(cli.run("models", "delete", "digits", "2", "--yes")).isZero();
        assertThat(cli.run("models", "delete", "digits", "--yes")).isEqualTo(5);
    }

    @Test
    void historyShowsWhoMovedAnAliasAndWhy() {
        coordinator.on("GET /models/digits/aliases/production/history?limit=20", """
            [{"alias": "production", "changedBy": "bob", "changedAt": "2026-01-31T11:00:00Z"},
             {"alias": "production", "version": 3, "changedBy": "ada", "reason": "better", "changedAt": "2026-01-30T12:00:00Z"}]\
            """);

        assertThat(cli.run("models", "history", "digits")).isZero();

        assertThat(cli.out()).containsPattern("60m +removed +bob +-").containsPattern("24h|1d +3 +ada +better");
    }
}
