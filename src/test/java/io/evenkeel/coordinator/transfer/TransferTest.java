package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.message.FileMutator;
import io.evenkeel.coordinator.retention.RetentionStep;
import io.evenkeel.coordinator.retention.RunRetention;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A run that is exported from one coordinator continues at another with the same bits. */
class TransferTest extends TwoCoordinators {

    /** Returns the byte counters by which compaction chooses members, which the file does not contain. */
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
        assertThat(imported.get("runs")).isEqualTo("[" + moved.run + "]");
        assertThat(imported.get("paused")).isEqualTo("[run '" + moved.run + "']");
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

    @Test
    void aDeviceThatContinuedAtTheOtherCoordinatorIsRefusedHere() {
        Scene scene = scene();
        rounds(scene, 0, 2);
        byte[] file = export(scene);
        TestDevice device = scene.devices.get(0);
        device.answer(2, TestDevice.gradient(device.model(2), 0));
        move(scene, file);
        scene.act("resume");

        TestDevice.Sent sent = device.stage(2, TestDevice.gradient(device.model(2), 0));
        assertThat(device.put(sent).problem()).isEqualTo("state-diverged");
        TestDevice other = scene.devices.get(1);
        other.answer(2, TestDevice.gradient(other.model(2), 1));
        scene.act("cancel");
        device.moveTo(here.endpoint());
        assertThat(device.membership().number("sequence")).isEqualTo(3);
    }

    @Test
    void continuesARobustSum() {
        String robust = ",\"robust\":\"clip:1\"";
        Scene undisturbed = scene(robust);
        rounds(undisturbed, 0, ROUNDS);
        Scene moved = scene(robust);
        rounds(moved, 0, 6);
        byte[] file = export(moved);

        move(moved, file);
        moved.act("resume");
        rounds(moved, 6, ROUNDS);

        assertThat(moved.view().text()).contains("\"robust\":\"clip:1\"");
        assertThat(moved.replica(ROUNDS).encode())
                .isEqualTo(undisturbed.replica(ROUNDS).encode());
        Reply audit = moved.operator.post("/runs/" + moved.run + "/audit");
        assertThat(audit.get("absoluteDifference")).isEqualTo("0.0");
    }

    @Test
    void continuesARunWhoseOldMessagesAreFolded() {
        Scene undisturbed = scene();
        rounds(undisturbed, 0, ROUNDS);
        Scene moved = scene();
        TestDevice early = moved.devices.get(1);
        rounds(moved, 0, 9);
        TestDevice.Sent last = early.stage(9, TestDevice.gradient(early.model(9), 1));
        Reply receipt = early.put(last);
        early.commit(last);
        long id = here.bean(PlanCache.class).named(moved.run).run();
        while (here.bean(RunRetention.class).step(id) == RetentionStep.TAKEN) {
            assertThat(id).isPositive();
        }
        moved.act("pause");
        byte[] file = export(moved);

        move(moved, file);

        assertThat(folded(there, moved)).isEqualTo(folded(here, moved)).isEqualTo(List.of(3, 9L));
        assertThat(InstallationTransferTest.rows(export(moved))).isEqualTo(InstallationTransferTest.rows(file));
        assertThat(early.put(last).text()).isEqualTo(receipt.text());
        moved.act("resume");
        for (int i : List.of(0, 2)) {
            TestDevice device = moved.devices.get(i);
            device.answer(9, TestDevice.gradient(device.model(9), i));
        }
        moved.await(early, 9);
        rounds(moved, 10, ROUNDS);
        assertThat(moved.replica(ROUNDS).encode())
                .isEqualTo(undisturbed.replica(ROUNDS).encode());
        assertThat(moved.operator.post("/runs/" + moved.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    private static List<Object> folded(RestartableCoordinator where, Scene scene) {
        return where.jdbc()
                .queryForObject(
                        "SELECT f.round_number, f.messages FROM folded_messages f JOIN run r ON r.id = f.run_id WHERE"
                                + " r.name = ?",
                        (row, i) -> List.of(row.getInt(1), row.getLong(2)),
                        scene.run);
    }

    @Test
    void transfersTheModelOfALossyDownlink() {
        String lossy = ",\"downlink\":{\"compressor\":\"top-k:1+natural\"}";
        Scene undisturbed = scene(lossy);
        rounds(undisturbed, 0, ROUNDS);
        Scene moved = scene(lossy);
        rounds(moved, 0, 6);
        byte[] file = export(moved);

        move(moved, file);
        moved.act("resume");
        rounds(moved, 6, ROUNDS);

        assertThat(moved.replica(ROUNDS).encode())
                .isEqualTo(undisturbed.replica(ROUNDS).encode());
        assertThat(updates(moved)).isEqualTo(updates(undisturbed));
        assertThat(moved.devices.get(0).model(ROUNDS))
                .isEqualTo(undisturbed.devices.get(0).model(ROUNDS));
    }

    @Test
    void transfersTheNoiseOfTheCoordinator() {
        Scene moved = new Scene(here.endpoint(), here.jdbc(), Scene.newName(), "identity", FeedbackMethod.EF21)
                .create(
                        "ef21-norm",
                        ROUNDS,
                        "\"privacy\":{\"by\":\"coordinator\",\"normalization\":\"clip\",\"bound\":8,"
                                + "\"noiseMultiplier\":20,\"budget\":{\"delta\":1e-6}}")
                .members(1)
                .start();
        TestDevice device = moved.devices.get(0);
        for (int round = 0; round < 3; round++) {
            device.answer(round, new double[] {1, -2, round, 4, 0, 0});
            moved.await(device, round);
        }
        byte[] file = export(moved);
        move(moved, file);
        moved.act("resume");
        device.answer(3, new double[] {1, -2, 3, 4, 0, 0});
        moved.await(device, 3);

        assertThat(moved.operator.post("/runs/" + moved.run + "/audit").get("absoluteDifference"))
                .isEqualTo("0.0");
    }

    private static byte[] updates(Scene scene) {
        Reply reply = scene.devices.get(0).http().get("/runs/" + scene.run + "/rounds/" + ROUNDS + "/update?since=7");
        assertThat(reply.status()).isEqualTo(200);
        return reply.body();
    }

    /** Changes the definition twice, the second time in the round in which the run moves. */
    private static void changeTwice(Scene scene) {
        rounds(scene, 0, 3);
        change(scene, "{\"weights\":{\"max\":0.5},\"rounds\":20}");
        rounds(scene, 3, 5);
        change(scene, "{\"participants\":{\"min\":3},\"rounds\":7}");
    }

    @Test
    void transfersChangesIncludingThoseThatWaitForTheNextRound() {
        Scene undisturbed = scene();
        changeTwice(undisturbed);
        rounds(undisturbed, 5, 7);
        Scene moved = scene();
        changeTwice(moved);
        Reply revisions = moved.operator.get("/runs/" + moved.run + "/revisions");
        byte[] file = export(moved);

        move(moved, file);

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
    void transfersAttributesAndLabels() {
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
    void transfersTheDrawOfTheOpenRound() {
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

        move(scene, file);
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
     * The file in the test's resources must stay readable forever. Its run is paused and has a member that left,
     * snapshots, messages with and without payloads, a weight that is about to change, and every optional field of
     * tokens, clients and records.
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

    /** Removes the time of the export, and the end, whose digest depends on that time. */
    private static byte[] rows(byte[] file) {
        return Arrays.copyOfRange(file, 16, file.length - 36);
    }
}
