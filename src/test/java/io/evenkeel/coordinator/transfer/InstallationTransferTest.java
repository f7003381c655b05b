package io.evenkeel.coordinator.transfer;

import static io.evenkeel.coordinator.transfer.InstallationScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.message.FileMutator;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.OnlyInCi;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Moves everything that a coordinator has to an empty coordinator on the other database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnlyInCi
class InstallationTransferTest {

    private static final String FILE = "application/vnd.evenkeel.export";

    /** Matches the data that depends on a device's last request, which the comparison ignores. */
    private static final String LAST_SEEN = "\"lastSeenAt\":\"[^\"]*\"";

    private RestartableCoordinator here;
    private RestartableCoordinator there;
    private Http source;
    private Http target;
    private InstallationScene scene;

    RestartableCoordinator exporting(Path folder) {
        return new RestartableCoordinator(folder.resolve("here"));
    }

    RestartableCoordinator importing(Path folder) {
        return onPostgres();
    }

    static RestartableCoordinator onPostgres() {
        return new RestartableCoordinator(Postgres.shared().newDatabase());
    }

    @BeforeAll
    void fill(@TempDir Path folder) {
        here = exporting(folder);
        source = new Http(here::endpoint, CoordinatorTest.OPERATOR_TOKEN);
        scene = new InstallationScene(here);
    }

    @AfterAll
    void stopSource() {
        here.close();
    }

    @BeforeEach
    void startEmpty(@TempDir Path folder) {
        there = importing(folder);
        target = new Http(there::endpoint, CoordinatorTest.OPERATOR_TOKEN);
    }

    @AfterEach
    void stopTarget() {
        there.close();
    }

    private static byte[] export(Http operator, String path) {
        Reply reply = operator.get(path);
        assertThat(reply.status()).as(path).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo(FILE);
        return reply.body();
    }

    private Reply importFile(byte[] file) {
        return target.post("/import", FILE, file);
    }

    private static Map<String, String> shown(Http operator, List<String> paths) {
        Map<String, String> shown = new TreeMap<>();
        for (String path : paths) {
            Reply reply = operator.get(path);
            assertThat(reply.status()).as(path + " " + reply).isEqualTo(200);
            boolean isJson = reply.header("Content-Type").startsWith("application/json");
            shown.put(path, isJson ? reply.text().replaceAll(LAST_SEEN, "") : Digest.toHex(Digest.of(reply.body())));
        }
        return shown;
    }

    /** Removes the time of the export, and the end, whose digest depends on that time. */
    static byte[] rows(byte[] file) {
        return Arrays.copyOfRange(file, 16, file.length - 53);
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        for (Part part : Part.values()) {
            counts.put(
                    part.table().name(),
                    there.jdbc()
                            .queryForObject(
                                    "SELECT COUNT(*) FROM " + part.table().name(), Long.class));
        }
        return counts;
    }

    @Test
    void everythingIsShownAndExportedAsBefore() {
        byte[] file = export(source, "/export");
        Map<String, Long> before = counts();
        assertThat(before.values()).allMatch(count -> count <= 1);

        Reply reply = importFile(file);

        assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
        assertThat(reply.get("runs")).isEqualTo("[digits, ab-a, ab-b]");
        assertThat(reply.get("models")).isEqualTo("[classifier, empty]");
        assertThat(reply.get("experiments")).isEqualTo("[ab]");
        assertThat(reply.get("evaluations")).isEqualTo("[of-run, of-model, cancelled]");
        assertThat(reply.get("rollouts")).contains(scene.rollouts);
        assertThat(reply.get("paused")).isEqualTo("[]");
        assertThat(shown(target, scene.all())).isEqualTo(shown(source, scene.all()));
        assertThat(events(there)).isEqualTo(events(here)).isNotEmpty();
        assertThat(counts().entrySet())
                .as("rows of every table that is exported")
                .allMatch(table -> table.getValue() > 0
                        || table.getKey().equals("folded_messages")
                        || table.getKey().equals("member_snapshot")
                        || table.getKey().equals("round_draw"));
        assertThat(rows(export(target, "/export"))).isEqualTo(rows(file));

        Map<String, Long> after = counts();
        assertThat(importFile(file).problem()).isEqualTo("name-taken");
        assertThat(counts()).isEqualTo(after);
    }

    private static List<String> events(RestartableCoordinator coordinator) {
        return coordinator
                .jdbc()
                .query(
                        "SELECT r.name, e.sequence, e.type, e.detail, r.events FROM run_event e"
                                + " JOIN run r ON r.id = e.run_id ORDER BY r.name, e.sequence",
                        (row, i) ->
                                row.getString(1) + row.getInt(2) + row.getString(3) + row.getString(4) + row.getInt(5));
    }

    @Test
    void runsAndModelsMoveInSeparateFilesInAnyOrder() {
        for (String path : List.of("/models/classifier", "/runs/ab-b", "/runs/digits", "/runs/ab-a")) {
            byte[] file = export(source, path + "/export");
            Reply reply = importFile(file);
            assertThat(reply.status()).as(path + reply).isEqualTo(201);
            assertThat(rows(export(target, path + "/export"))).isEqualTo(rows(file));
        }

        assertThat(shown(target, scene.ofModel())).isEqualTo(shown(source, scene.ofModel()));
        assertThat(shown(target, scene.ofRun())).isEqualTo(shown(source, scene.ofRun()));
        assertThat(shown(target, List.of("/experiments/ab"))).isEqualTo(shown(source, List.of("/experiments/ab")));
        assertThat(importFile(export(source, "/models/classifier/export")).problem())
                .isEqualTo("name-taken");
    }

    @Test
    void anImportedActiveRollOutIsPausedWhileItContinuesAtTheOtherCoordinator() {
        must(source.putJson("/models/moving", "{}"));
        scene.upload("moving", 1);
        scene.upload("moving", 2);
        must(source.putJson("/models/moving/aliases/production", "{\"version\":1}"));
        String rollout = scene.startRollout("moving", 2, "");
        Http early = scene.devices.get(0);
        Http late = scene.devices.get(1);
        assertThat(version(early)).isEqualTo("2");
        byte[] file = export(source, "/models/moving/export");
        assertThat(version(late)).isEqualTo("2");

        Reply imported = importFile(file);
        assertThat(imported.get("paused")).isEqualTo("[roll-out " + rollout + "]");
        must(source.post("/rollouts/" + rollout + "/skip"));

        assertThat(source.get("/rollouts/" + rollout).get("state")).isEqualTo("finished");
        Reply view = target.get("/rollouts/" + rollout);
        assertThat(view.get("state")).isEqualTo("paused");
        assertThat(view.get("message")).contains("imported", "resume it once its devices use this coordinator");
        assertThat(view.text()).contains("rollout.paused");
        assertThat(version(early.at(there.endpoint()))).as("keeps its data").isEqualTo("2");
        assertThat(late.at(there.endpoint())
                        .get("/models/moving/versions/@production")
                        .problem())
                .as("the file is older than its request")
                .isEqualTo("unauthenticated");
        assertThat(target.get("/models/moving").get("aliases")).isEqualTo("{production=1}");
        must(target.post("/rollouts/" + rollout + "/stop"));
        assertThat(version(early.at(there.endpoint()))).isEqualTo("1");
        must(source.delete("/models/moving/aliases/production"));
        for (int version : List.of(1, 2)) {
            must(source.delete("/models/moving/versions/" + version));
        }
        must(source.delete("/models/moving"));
    }

    private static String version(Http device) {
        return must(device.get("/models/moving/versions/@production")).header("Evenkeel-Model-Version");
    }

    @Test
    void aFileWhoseRowsContradictEachOtherIsRefusedAndNothingIsImported() {
        byte[] file = export(source, "/export");
        Map<String, Long> before = counts();

        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.MODEL))));
        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.VERSION))));
        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.VERSION_FILE) + 3)));
        assertRefused(FileMutator.edit(file, records -> records.get(first(records, Part.VERSION_FILE))[90] ^= 1));
        assertRefused(FileMutator.edit(file, records -> replace(records, Part.VERSION, "\"ML-7\"", "\"ML-7]")));
        assertRefused(FileMutator.edit(file, records -> replace(records, Part.ROLLOUT, "\"groups\"", "\"gruops\"")));
        assertRefused(FileMutator.edit(
                file,
                records ->
                        replace(records, Part.ROLLOUT, "\"groups\":[{\"share\":1.0}]", "\"groups\": null           ")));
        assertRefused(FileMutator.edit(file, records -> replace(records, Part.EVALUATION, "{\"rmse\"", "[\"rmse\"")));
        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.ROLLOUT))));
        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.RUN))));
        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.EXPERIMENT))));
        assertRefused(FileMutator.edit(file, records -> records.remove(first(records, Part.EVALUATION))));
        assertRefused(FileMutator.edit(
                file, records -> records.add(records.remove(first(records, Part.ALIAS_CHANGE)))));

        assertThat(counts()).isEqualTo(before);
        assertThat(importFile(file).status()).isEqualTo(201);
    }

    private void assertRefused(byte[] file) {
        Reply reply = importFile(file);
        assertThat(reply.problem()).as(reply.toString()).isEqualTo("invalid-frame");
        assertThat(reply.text()).contains("nothing was imported");
    }

    private static void replace(List<byte[]> records, Part part, String text, String by) {
        int at = first(records, part);
        String record = new String(records.get(at), StandardCharsets.ISO_8859_1);
        assertThat(record).contains(text);
        records.set(at, record.replace(text, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static int first(List<byte[]> records, Part part) {
        int at = 0;
        while (records.get(at)[0] != part.kind()) {
            at++;
        }
        return at;
    }
}
