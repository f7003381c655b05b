package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/** Tests a relay that restarts, moves to another machine, or loses the record of its membership. */
@OnlyInCi
class RelayMoveTest extends RelayedSites {

    /** An event for a relay in a round that one of its two devices has answered. */
    private interface Trouble {
        void strike(int round, Scene above, Scene below) throws IOException;
    }

    /** Trains with top-k on both levels. */
    private double[] trained(Trouble between) throws IOException {
        Scene above = run("ef21-sgdm-norm", "top-k:3", "").members(1);
        Scene below = relay(above, root.endpoint(), "top-k:3", 2);
        start(above);
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(below, round);
            answer(below, round, 0, 0);
            between.strike(round, above, below);
            RestartableCoordinator site = sites.get(sites.size() - 1);
            below.moveTo(site.endpoint(), site.jdbc());
            answer(below, round, 1, 1);
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(below, "finished");
        assertThat(below.operator.post("/runs/" + below.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(above.operator.post("/runs/" + above.run + "/audit").get("agrees"))
                .isEqualTo("true");
        return above.devices.get(0).model(ROUNDS);
    }

    @Test
    void restartsOfARelayAndAMoveByExportAndImportChangeNoBit() throws IOException {
        double[] undisturbed = trained((round, above, below) -> {});
        double[] disturbed = trained((round, above, below) -> {
            if (round == 2) {
                move(above, below);
            } else if (round == 1 || round == 4) {
                sites.get(1).restart();
            }
        });
        assertThat(disturbed).isEqualTo(undisturbed);
    }

    /** Moves a site to another machine: copies its folder, and exports and imports its database. */
    private void move(Scene above, Scene below) throws IOException {
        byte[] export = below.operator.get("/export").body();
        sites.remove(1).close();
        Path place = Files.createDirectories(folder.resolve("moved"));
        FileSystemUtils.copyRecursively(folder.resolve("site-1").resolve("relay"), place.resolve("relay"));
        try (RestartableCoordinator target = new RestartableCoordinator(place)) {
            Http operator = new Http(target.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
            assertThat(operator.post("/import", "application/vnd.evenkeel.export", export)
                            .status())
                    .isEqualTo(201);
        }
        RestartableCoordinator moved = site(root.endpoint(), above.run, "moved");
        below.moveTo(moved.endpoint(), moved.jdbc());
        below.act("resume");
    }

    /** Answers a round with all devices of a site. */
    private static void answerAll(Scene below, int round) {
        awaitRound(below, round);
        for (int i = 0; i < below.devices.size(); i++) {
            answer(below, round, i, i);
        }
    }

    @Test
    @Tag("full")
    void aRelayThatLostItsFolderIsANewMemberAndNothingCountsTwice() throws IOException {
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 2);
        eventually().until(() -> above.view().number("members") == 2);
        start(above);
        answerAll(below, 0);
        answer(above, 0, 0, 3);
        awaitRound(below, 1);
        sites.remove(0).close();
        FileSystemUtils.deleteRecursively(folder.resolve("site-0").resolve("relay"));
        String lost = root.jdbc()
                .queryForObject(
                        "SELECT client_id FROM member WHERE run_id = (SELECT id FROM run WHERE name = ?)"
                                + " ORDER BY ordinal DESC LIMIT 1",
                        String.class,
                        above.run);
        assertThat(above.operator.delete("/clients/" + lost).status()).isEqualTo(204);
        RestartableCoordinator again =
                site(root.endpoint(), above.run, "site-0", "--evenkeel.relay.enrolment-token=" + token());
        below.moveTo(again.endpoint(), again.jdbc());
        // The new member takes part from the next round on.
        eventually().until(() -> membersThereWere(above) == 3);
        answer(above, 1, 0, 3);
        above.awaitClosed(1);
        // The answers to round 1 are computed on its model, and lead to round 2.
        answerAll(below, 1);
        answerAll(below, 2);
        answer(above, 2, 0, 3);
        above.awaitClosed(2);
        assertThatTheSumIsThatOfAllDevices(above, below, 3);
    }

    private static long membersThereWere(Scene above) {
        return root.jdbc()
                .queryForList(
                        "SELECT id FROM member WHERE run_id = (SELECT id FROM run WHERE name = ?)",
                        Long.class,
                        above.run)
                .size();
    }

    private static void assertThatTheSumIsThatOfAllDevices(Scene above, Scene below, int round) {
        List<TestDevice> all = new ArrayList<>(above.devices);
        all.addAll(below.devices);
        assertThat(Scene.difference(above.replica(round).sum(), all, 1, 1, 1)).isLessThan(1e-12);
        assertThat(above.operator.post("/runs/" + above.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    @Test
    @Tag("full")
    void aRelayWithOnlyItsCredentialsRecoversItsStateFromUpstream() throws IOException {
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 2);
        eventually().until(() -> above.view().number("members") == 2);
        start(above);
        Path current = folder.resolve("site-0").resolve("relay");
        Path credentials = folder.resolve("credentials");
        for (int round = 0; round < 3; round++) {
            answerAll(below, round);
            answer(above, round, 0, 3);
            above.awaitClosed(round);
            awaitRound(below, round + 1);
            sites.remove(0).close();
            if (round == 1) {
                Files.move(current.resolve("credentials"), credentials);
                FileSystemUtils.deleteRecursively(current);
                Files.move(credentials, Files.createDirectory(current).resolve("credentials"));
            }
            RestartableCoordinator again = site(root.endpoint(), above.run, "site-0");
            below.moveTo(again.endpoint(), again.jdbc());
        }
        assertThatTheSumIsThatOfAllDevices(above, below, 3);
    }
}
