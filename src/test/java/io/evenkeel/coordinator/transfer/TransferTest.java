package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.message.FileMutator;
import io.evenkeel.coordinator.retention.RetentionStep;
import io.evenkeel.coordinator.retention.RunRetention;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A run that is exported from one coordinator continues at another with the same bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransferTest {

    private static final String FILE = "application/vnd.evenkeel.run";
    private static final int ROUNDS = 12;

    private static final String[] SETTINGS = {
        "--evenkeel.retention.every=0",
        "--evenkeel.retention.compaction-messages=3",
        "--evenkeel.retention.compaction-bytes-per-parameter=0",
        "--evenkeel.rounds.checkpoint-every=4"
    };

    private RestartableCoordinator here;
    private RestartableCoordinator there;

    @BeforeAll
    void start(@TempDir Path folder) {
        here = exporting(folder);
        there = importing(folder);
    }

    @AfterAll
    void stop() {
        here.close();
        there.close();
    }

    RestartableCoordinator exporting(Path folder) {
        return new RestartableCoordinator(folder.resolve("here"), SETTINGS);
    }

    RestartableCoordinator importing(Path folder) {
        return new RestartableCoordinator(folder.resolve("there"), SETTINGS);
    }

    static RestartableCoordinator onPostgres() {
        return new RestartableCoordinator(Postgres.shared().newDatabase(), SETTINGS);
    }

    private Scene scene() {
        return new Scene(here.endpoint(), here.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", ROUNDS, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(3)
                .start();
    }

    private static void rounds(Scene scene, int from, int to) {
        for (int round = from; round < to; round++) {
            for (int i = 0; i < scene.devices.size(); i++) {
                TestDevice device = scene.devices.get(i);
                device.answer(round, TestDevice.gradient(device.model(round), i));
            }
            scene.await(scene.devices.get(0), round);
        }
    }

    private static byte[] export(Scene scene) {
        Reply reply = scene.operator.get("/runs/" + scene.run + "/export");
        assertThat(reply.status()).isEqualTo(200);
        return reply.body();
    }

    private static Reply importFile(Scene scene, byte[] file) {
        return scene.operator.post("/runs/import", FILE, file);
    }

    /** Returns the counters of bytes by which compaction chooses members; the file does not contain them. */
    private static List<List<Object>> bytesOfMembers(RestartableCoordinator where, Scene scene) {
        return where.jdbc()
                .query(
                        "SELECT c.bytes, s.bytes FROM member m JOIN member_chain c ON c.member_id = m.id"
                                + " JOIN member_snapshot s ON s.member_id = m.id"
                                + " JOIN run r ON r.id = m.run_id WHERE r.name = ? ORDER BY m.ordinal",
                        (row, i) -> List.of(row.getLong(1), row.getLong(2)),
                        scene.run);
    }

    @Test
    void continuesWithTheSameBitsReceiptsAndCredentials() {
        Scene undisturbed = scene();
        rounds(undisturbed, 0, ROUNDS);

        Scene moved = scene();
        rounds(moved, 0, 5);
        long id = here.bean(PlanCache.class).named(moved.run).run();
        while (here.bean(RunRetention.class).step(id) == RetentionStep.TAKEN) {
            assertThat(id).isPositive();
        }
        rounds(moved, 5, 7);
        TestDevice early = moved.devices.get(1);
        TestDevice.Sent sent = early.stage(7, TestDevice.gradient(early.model(7), 1));
        Reply receipt = early.put(sent);
        early.commit(sent);
        byte[] file = export(moved);

        moved.moveTo(there.endpoint(), there.jdbc());
        Reply imported = importFile(moved, file);
        assertThat(imported.status()).as(imported.toString()).isEqualTo(201);
        assertThat(imported.get("run")).isEqualTo(moved.run);
        assertThat(moved.view().get("state")).isEqualTo("paused");
        assertThat(bytesOfMembers(there, moved))
                .isEqualTo(bytesOfMembers(here, moved))
                .doesNotContain(List.of(0L, 0L));
        Reply again = early.put(sent);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(receipt.text());
        moved.act("resume");
        for (int i : List.of(0, 2)) {
            TestDevice device = moved.devices.get(i);
            device.answer(7, TestDevice.gradient(device.model(7), i));
        }
        moved.await(early, 7);
        rounds(moved, 8, ROUNDS);

        assertThat(moved.view().get("state")).isEqualTo("finished");
        assertThat(moved.replica(ROUNDS).x())
                .isEqualTo(undisturbed.replica(ROUNDS).x());
        assertThat(moved.replica(ROUNDS).sum())
                .isEqualTo(undisturbed.replica(ROUNDS).sum());
        assertThat(moved.operator.post("/runs/" + moved.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(moved.record(3).number("participants")).isEqualTo(3);
        assertThat(importFile(moved, file).problem()).isEqualTo("name-taken");
    }

    private static void change(Scene scene, String patch) {
        Reply reply = scene.operator.patch("/runs/" + scene.run + "?reason=for%20a%20test", patch);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    }

    /** Changes once, and once more while the round is open in which the run moves. */
    private static void changeTwice(Scene scene) {
        rounds(scene, 0, 3);
        change(scene, "{\"weights\":{\"max\":0.5},\"rounds\":20}");
        rounds(scene, 3, 5);
        change(scene, "{\"participants\":{\"min\":3},\"rounds\":7}");
    }

    @Test
    void takesChangesAlongThoseThatWaitForTheNextRoundIncluded() {
        Scene undisturbed = scene();
        changeTwice(undisturbed);
        rounds(undisturbed, 5, 7);
        Scene moved = scene();
        changeTwice(moved);
        Reply revisions = moved.operator.get("/runs/" + moved.run + "/revisions");
        byte[] file = export(moved);

        moved.moveTo(there.endpoint(), there.jdbc());
        assertThat(importFile(moved, file).status()).isEqualTo(201);

        assertThat(moved.operator.get("/runs/" + moved.run + "/revisions").text())
                .isEqualTo(revisions.text())
                .contains("for a test", "\"fromRound\":4", "\"fromRound\":6");
        assertThat(moved.view().number("revision")).isEqualTo(2);
        assertThat(moved.view().number("rounds")).isEqualTo(7);
        assertThat(moved.operator.get("/runs/" + moved.run + "/rounds/open").number("needed"))
                .isEqualTo(1);
        moved.act("resume");
        rounds(moved, 5, 7);
        assertThat(moved.view().get("state")).isEqualTo("finished");
        for (int round = 0; round < 7; round++) {
            assertThat(moved.record(round).number("revision"))
                    .isEqualTo(undisturbed.record(round).number("revision"))
                    .isEqualTo(round < 4 ? 0 : round < 6 ? 1 : 2);
        }
        assertThat(moved.replica(7).encode()).isEqualTo(undisturbed.replica(7).encode());
        assertThat(moved.operator.post("/runs/" + moved.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    @Test
    void refusesRevisionsThatDoNotApply() {
        Scene scene = scene();
        change(scene, "{\"rounds\":19}");
        byte[] export = export(scene);
        scene.moveTo(there.endpoint(), there.jdbc());

        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "\"to\":19", "\"to\":-9")));
        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "\"to\":19", "\"to\":[1]")));
        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "[{\"field\"", "[{\"feild\"")));
        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "\"rounds\"", "\"rounde\"")));
        assertRefused(scene, FileMutator.edit(export, records -> records.get(records.size() - 1)[9] = 7));
        assertThat(importFile(scene, export).status()).isEqualTo(201);
    }

    private static void replaceLast(List<byte[]> records, String text, String by) {
        int last = records.size() - 1;
        String record = new String(records.get(last), StandardCharsets.ISO_8859_1);
        assertThat(record).contains(text);
        records.set(last, record.replace(text, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void aDamagedOrTruncatedFileIsRefusedWithThePositionAndNothingIsImported() {
        Scene scene = scene();
        rounds(scene, 0, 3);
        byte[] file = export(scene);
        scene.moveTo(there.endpoint(), there.jdbc());
        String before = contents();
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            byte[] wrong = file.clone();
            if (i % 2 == 0) {
                wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                wrong = Arrays.copyOf(wrong, random.nextInt(wrong.length));
            }
            Reply reply = importFile(scene, wrong);
            // A changed bit in the time of the export is detected by the digest at the end.
            assertThat(reply.problem()).as(reply.toString()).isEqualTo("invalid-frame");
            assertThat(reply.number("position")).isBetween(0, file.length);
        }
        assertThat(importFile(scene, Arrays.copyOf(file, file.length + 1)).number("position"))
                .isEqualTo(file.length);
        assertThat(contents()).isEqualTo(before);
        assertThat(importFile(scene, file).status()).isEqualTo(201);
    }

    private String contents() {
        StringBuilder counts = new StringBuilder();
        for (String table :
                List.of("run", "client", "member", "message", "message_payload", "checkpoint", "round_update")) {
            counts.append(there.jdbc().queryForList("SELECT COUNT(*) FROM " + table));
        }
        return counts.toString();
    }

    @Test
    void takesAttributesAndLabelsAlong() {
        Scene scene = scene();
        String device = scene.devices.get(1).client();
        scene.devices.get(1).http().putJson("/clients/me/attributes", "{\"attributes\": {\"region\": \"eu\"}}");
        scene.operator.patch(
                "/clients/" + device + "/labels",
                "application/merge-patch+json",
                "{\"cohort\": \"b\"}".getBytes(StandardCharsets.UTF_8));
        byte[] file = export(scene);

        scene.moveTo(there.endpoint(), there.jdbc());
        assertRefused(
                scene,
                FileMutator.edit(
                        file,
                        records -> records.replaceAll(record -> new String(record, StandardCharsets.ISO_8859_1)
                                .replace("\"cohort\"", "\"co ort\"")
                                .getBytes(StandardCharsets.ISO_8859_1))));
        assertThat(importFile(scene, file).status()).isEqualTo(201);

        Map<?, ?> client = scene.operator.get("/clients/" + device).json();
        assertThat((Object) client.get("attributes")).isEqualTo(Map.of("region", "eu"));
        assertThat((Object) client.get("labels")).isEqualTo(Map.of("cohort", "b"));
        assertThat(scene.operator
                        .get("/runs/" + scene.run + "/members?selector=cohort%3Db,region%3Deu")
                        .jsonList())
                .hasSize(1);
    }

    @Test
    void takesAlongWhomTheOpenRoundAsked() {
        Scene scene = new Scene(here.endpoint(), here.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", ROUNDS, "\"devices\": {\"sample\": \"charging=yes\"}")
                .members(3);
        TestDevice asked = scene.devices.get(1);
        asked.http().putJson("/clients/me/attributes", "{\"attributes\": {\"charging\": \"yes\"}}");
        scene.start();
        asked.http().putJson("/clients/me/attributes", "{\"attributes\": {}}");
        scene.devices.get(0).http().putJson("/clients/me/attributes", "{\"attributes\": {\"charging\": \"yes\"}}");
        String draw =
                scene.operator.get("/runs/" + scene.run + "/rounds/0/draw").text();
        byte[] file = export(scene);

        scene.moveTo(there.endpoint(), there.jdbc());
        assertThat(importFile(scene, file).status()).isEqualTo(201);
        scene.act("resume");

        assertThat(scene.operator.get("/runs/" + scene.run + "/rounds/0/draw").text())
                .isEqualTo(draw)
                .contains("[1]");
        assertThat(scene.devices)
                .extracting(device ->
                        device.http().get("/runs/" + scene.run + "/task").status())
                .containsExactly(204, 200, 204);
        asked.answer(0, TestDevice.gradient(asked.model(0), 1));
        Reply task = scene.await(scene.devices.get(0), 0);
        assertThat(task.number("round")).isEqualTo(1);
    }

    /**
     * The file in the test's resources must stay readable for ever. Its run is paused and has a member that left, snapshots, messages
     * with and without payloads, a weight that is about to change, and every optional field of tokens, clients and records.
     */
    @Test
    void aFileOfVersion1IsImportedAndExportedUnchanged() throws IOException {
        byte[] file;
        try (InputStream in = TransferTest.class.getResourceAsStream("/transfer/version-1.evenkeel")) {
            file = Objects.requireNonNull(in).readAllBytes();
        }
        Scene scene = new Scene(there.endpoint(), there.jdbc(), "exported", "top-k:2", FeedbackMethod.EF21);

        Reply reply = importFile(scene, file);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(201);

        assertThat(rows(export(scene))).isEqualTo(rows(file));
        assertThat(scene.operator.post("/runs/exported/audit").get("agrees")).isEqualTo("true");
    }

    /** Leaves out the time of the export and the end, whose digest depends on it. */
    private static byte[] rows(byte[] file) {
        return Arrays.copyOfRange(file, 16, file.length - 36);
    }

    @Test
    void refusesRowsThatContradictEachOtherUnderRightChecksums() {
        Scene scene = scene();
        rounds(scene, 0, 2);
        byte[] export = export(scene);
        scene.moveTo(there.endpoint(), there.jdbc());

        assertRefused(scene, FileMutator.edit(export, records -> records.add(records.get(records.size() - 1))));
        assertRefused(scene, FileMutator.edit(export, records -> replace(records, "RUNNING", "RUMMING")));
        assertRefused(scene, FileMutator.edit(export, records -> replace(records, "\0\0\0\7RUNNING", "\0\0\0\0")));
        assertThat(importFile(scene, export).status()).isEqualTo(201);
    }

    private static void replace(List<byte[]> records, String text, String by) {
        String run = new String(records.get(0), StandardCharsets.ISO_8859_1);
        assertThat(run).contains(text);
        records.set(0, run.replace(text, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void assertRefused(Scene scene, byte[] file) {
        Reply reply = importFile(scene, file);
        assertThat(reply.problem()).isEqualTo("invalid-frame");
        assertThat(reply.number("position")).isPositive();
    }
}
