package io.evenkeel.coordinator.transfer;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static io.evenkeel.coordinator.transfer.InstallationScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Erases a device that took part in a run; the run continues with the same sum and records. */
class DeviceErasureTest {

    private static final String FILE = "application/vnd.evenkeel.export";

    /** A text that occurs only in the device's name, attributes, labels, certificate and reports. */
    private static final String PERSON = "annaquist";

    private static final String INLINE = "--evenkeel.storage.inline=0B";

    @TempDir
    Path folder;

    private RestartableCoordinator coordinator;
    private Http operator;
    private Scene scene;
    private TestDevice person;
    private String rollout = "";

    RestartableCoordinator coordinator(String name, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add(INLINE);
        return new RestartableCoordinator(folder.resolve(name), all.toArray(String[]::new));
    }

    @BeforeEach
    void train() {
        coordinator = coordinator("here");
        operator = new Http(coordinator::endpoint, CoordinatorTest.OPERATOR_TOKEN);
        scene = new Scene(coordinator::endpoint, coordinator.jdbc(), "erased", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"participants\":{\"min\":2}")
                .members(2);
        person = person();
        scene.devices.add(person);
        must(person.join(3));
        scene.start();
        TwoCoordinators.rounds(scene, 0, 3);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private TestDevice person() {
        Reply token =
                must(operator.postJson("/enrolment-tokens", "{\"uses\":1,\"description\":\"for " + PERSON + "\"}"));
        Reply enrolled = must(new Http(coordinator::endpoint, "")
                .postJson(
                        "/enrolments",
                        "{\"token\":\"" + token.get("token") + "\",\"name\":\"" + PERSON
                                + "'s phone\",\"attributes\":{\"room\":\"" + PERSON + ".7\",\"region\":\"eu\"}}"));
        String id = enrolled.get("client");
        // Simulates enrolment with a certificate, since the requests of this test have none.
        must(operator.patch(
                "/clients/" + id + "/labels",
                "application/merge-patch+json",
                ("{\"owner\":\"" + PERSON + "\"}").getBytes(StandardCharsets.UTF_8)));
        Http http = new Http(coordinator::endpoint, enrolled.get("secret"));
        return new TestDevice(http, scene.run, id, Scene.DIMENSION, "top-k:2", FeedbackMethod.EF21);
    }

    /** Makes the device answer an evaluation that ends and one that stays open, and fail in a roll-out. */
    private void takePartElsewhere() {
        for (String evaluation : List.of("ended", "open")) {
            must(operator.postJson(
                    "/evaluations",
                    "{\"name\":\"" + evaluation + "\",\"run\":\"" + scene.run + "\",\"breakdown\":[\"room\"]}"));
            for (TestDevice device : scene.devices) {
                must(device.http()
                        .putJson(
                                "/evaluations/" + evaluation + "/results/me",
                                "{\"samples\":3,\"metrics\":{\"rmse\":0.25}}"));
            }
        }
        must(operator.post("/evaluations/ended/cancel"));
        eventually().until(() -> operator.get("/evaluations/ended").text().contains("rmse"));
        must(operator.putJson("/models/m", "{}"));
        InstallationScene.upload(operator, "m", 3);
        InstallationScene.upload(operator, "m", 4);
        must(operator.putJson("/models/m/aliases/production", "{\"version\":1}"));
        rollout = must(operator.postJson(
                        "/rollouts",
                        "{\"model\":\"m\",\"version\":2,\"alias\":\"production\",\"groups\":[{\"share\":1}],"
                                + "\"reports\":100}"))
                .get("id");
        for (TestDevice device : scene.devices) {
            must(device.http().get("/models/m/versions/@production"));
        }
        must(person.http()
                .putJson(
                        "/rollouts/" + rollout + "/reports/me",
                        "{\"version\":2,\"outcome\":\"failed\",\"reason\":\"" + PERSON + " has no space\"}"));
        label("search=" + PERSON.toUpperCase(Locale.ROOT).substring(0, 7));
        label("selector=owner%3D" + PERSON);
    }

    private void label(String query) {
        must(operator.patch(
                "/clients/labels?" + (query.startsWith("selector") ? "" : "selector=region%3Deu&") + query,
                "application/merge-patch+json",
                "{\"seen\":\"yes\"}".getBytes(StandardCharsets.UTF_8)));
    }

    private Reply erase() {
        must(operator.delete("/clients/" + person.client()));
        return operator.delete("/clients/" + person.client() + "/record");
    }

    /** Returns the rows of all tables that contain a text in any column. */
    private static List<String> found(JdbcTemplate jdbc, String text) {
        List<String> found = new ArrayList<>();
        for (String table : jdbc.queryForList(
                "SELECT table_name FROM information_schema.tables WHERE LOWER(table_schema) = 'public'",
                String.class)) {
            jdbc.query("SELECT * FROM \"" + table + "\"", row -> {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    if (shown(row.getObject(i)).contains(text)) {
                        found.add(table + "." + row.getMetaData().getColumnName(i) + ": " + shown(row.getObject(i)));
                    }
                }
            });
        }
        return found;
    }

    private static String shown(Object value) throws SQLException {
        byte[] bytes = value instanceof Blob blob
                ? blob.getBytes(1, (int) blob.length())
                : value instanceof byte[] some ? some : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        return new String(bytes, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }

    private List<Path> filesWith(String text, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(name))
                    .filter(file -> contains(file, text))
                    .toList();
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT)
                    .contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void leavesNoTextOfTheDeviceAndTheRunContinuesExactly() throws IOException {
        takePartElsewhere();
        coordinator.jdbc().update("UPDATE client SET certificate = 'CN=" + PERSON + "' WHERE id = ?", person.client());
        assertThat(found(coordinator.jdbc(), PERSON)).hasSizeGreaterThan(8);

        Reply erased = erase();

        assertThat(erased.status()).as(erased.toString()).isEqualTo(200);
        assertThat(erased.get("erased")).isEqualTo("true");
        assertThat(erased.get("client")).isEqualTo(person.client());
        assertThat(found(coordinator.jdbc(), PERSON)).isEmpty();
        assertThat(found(coordinator.jdbc(), PERSON.substring(0, 7))).isEmpty();
        assertThat(filesWith(PERSON, "objects")).isEmpty();
        assertThat(operator.get("/audit-log?limit=50").text()).contains("/clients/labels?…");

        scene.devices.remove(person);
        TwoCoordinators.rounds(scene, 3, 6);
        assertThat(Scene.difference(scene.replica(6).sum(), scene.devices, 1, 1))
                .isLessThan(1e-14);
        assertAgrees(operator);
        assertThat(operator.get("/evaluations/ended").text()).contains("\"devices\":3");
        assertThat(operator.get("/evaluations/open").get("results")).isEqualTo("3");
        assertThat(operator.get("/rollouts/" + rollout).text()).contains("\"failed\":1");
        assertThat(operator.get("/rollouts/" + rollout + "/devices").text()).doesNotContain(person.client());
        assertThat(operator.get("/clients?search=" + person.client()).text()).contains("\"erased\":true");
    }

    private void assertAgrees(Http at) {
        Reply audit = must(at.post("/runs/" + scene.run + "/audit"));
        assertThat(audit.get("agrees")).as(audit.toString()).isEqualTo("true");
        assertThat(audit.text()).doesNotContain("\"fault\"");
    }

    @Test
    void staysErasedInExportsAndWhenAnOlderOneIsImported() {
        Scene second = new Scene(coordinator::endpoint, coordinator.jdbc(), "second", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "");
        must(new TestDevice(person.http(), second.run, person.client(), Scene.DIMENSION, "top-k:2", FeedbackMethod.EF21)
                .join(1));
        scene.act("pause");
        byte[] older = must(operator.get("/runs/second/export")).body();
        assertThat(new String(older, StandardCharsets.ISO_8859_1)).contains(PERSON);
        assertThat(erase().status()).isEqualTo(200);
        byte[] file = must(operator.get("/runs/" + scene.run + "/export")).body();
        assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContain(PERSON);

        try (RestartableCoordinator other = coordinator("other")) {
            Http there = new Http(other::endpoint, CoordinatorTest.OPERATOR_TOKEN);
            must(there.post("/import", FILE, file));
            assertAgrees(there);
            must(there.post("/import", FILE, older));
            assertThat(there.get("/clients/" + person.client()).get("erased")).isEqualTo("true");
            assertThat(there.get("/runs/" + scene.run + "/members").text())
                    .contains(scene.devices.get(0).client());
            assertThat(found(other.jdbc(), PERSON)).isEmpty();
        }
    }

    @Test
    void isDeletedWithItsLastRunAndGetsNoNewLabels() {
        scene.act("cancel");
        assertThat(erase().status()).isEqualTo(200);
        byte[] labels = "{\"owner\":\"again\"}".getBytes(StandardCharsets.UTF_8);
        String type = "application/merge-patch+json";
        assertThat(operator.patch("/clients/" + person.client() + "/labels", type, labels)
                        .problem())
                .isEqualTo("conflict");
        must(operator.patch("/clients/labels?selector=%21no-such-key", type, labels));
        assertThat(operator.get("/clients/" + person.client()).get("labels")).isEqualTo("{}");

        must(operator.delete("/runs/" + scene.run));

        eventually().until(() -> operator.get("/clients/" + person.client()).status() == 404);
    }
}
