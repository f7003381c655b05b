package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Tests exports of a run or a model that was damaged or changed in the database. Uses PostgreSQL, which rejects all
 * statements of a transaction after a failed one.
 */
class DamagedExportTest extends TwoCoordinators {

    @Override
    RestartableCoordinator exporting() {
        return onPostgres();
    }

    @Test
    void anExportOfEverythingLeavesOutADamagedRunAndModelAndHasTheOthers() {
        Scene damaged = scene();
        Scene sound = scene();
        rounds(damaged, 0, 2);
        rounds(sound, 0, 2);
        damage(here, damaged);
        InstallationScene.upload(sound.operator, "damaged", 3);
        InstallationScene.upload(sound.operator, "sound", 3);
        damageFile(here, "damaged");

        Reply file = damaged.operator.get("/export");
        sound.moveTo(there.endpoint(), there.jdbc());
        Reply imported = importFile(sound, file.body());

        assertThat(file.status()).isEqualTo(200);
        assertThat(imported.status()).as(imported.toString()).isEqualTo(201);
        assertThat(imported.get("runs")).isEqualTo("[" + sound.run + "]");
        assertThat(imported.get("models")).isEqualTo("[sound]");
        assertThat(imported.get("leftOut"))
                .contains("the stored file of version 1 of model 'damaged' differs from the one that was written")
                .contains("run '" + damaged.run
                        + "', round 1: a stored row of round_update differs from the one that was written")
                .contains("restore the database from a backup");
        assertThat(damaged.view().get("state")).isEqualTo("failed");

        damage(there, sound);
        Reply onH2 = sound.operator.get("/export");
        assertThat(onH2.status()).isEqualTo(200);
        assertThat(new String(onH2.body(), StandardCharsets.UTF_8))
                .contains("run '" + sound.run + "', round 1: a stored");
        assertThat(sound.view().get("state")).isEqualTo("failed");
    }

    private static void damage(RestartableCoordinator where, Scene scene) {
        assertThat(where.jdbc()
                        .update(
                                "UPDATE round_update SET digest = digest + 1 WHERE round_number = 1 AND run_id ="
                                        + " (SELECT id FROM run WHERE name = ?)",
                                scene.run))
                .isEqualTo(1);
    }

    private static void damageFile(RestartableCoordinator where, String model) {
        assertThat(where.jdbc()
                        .update(
                                "UPDATE model_version_file SET data = ?, data_at = NULL WHERE version_id IN"
                                        + " (SELECT id FROM model_version WHERE model = ?)",
                                new byte[12],
                                model))
                .isEqualTo(1);
    }

    @Test
    void anImportOfARunThatWasChangedCannotBeResumed() {
        Scene scene = scene();
        rounds(scene, 0, 2);
        here.jdbc()
                .update(
                        "UPDATE round_record SET gamma = 10 WHERE round_number = 1 AND run_id ="
                                + " (SELECT id FROM run WHERE name = ?)",
                        scene.run);

        move(scene, export(scene));

        Reply refused = scene.operator.post("/runs/" + scene.run + "/resume");
        assertThat(refused.problem()).isEqualTo("storage-damaged");
        assertThat(refused.get("table")).isEqualTo("round_record");
        assertThat(refused.number("round")).isEqualTo(1);
    }
}
