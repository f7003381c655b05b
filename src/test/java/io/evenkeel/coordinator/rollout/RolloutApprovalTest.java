package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.rollout.RolloutScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.engine.permission.RunPatterns;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tests actions that require two operators: starting a roll-out with approval, and ending the protection of an alias.
 */
@CoordinatorTest
class RolloutApprovalTest {

    private static final String ALL = "[{\"share\":1}]";
    private static final String APPROVAL = "\"approval\":true";

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private List<OverviewSource> sources;

    @Autowired
    private Clock clock;

    private RolloutScene scene;
    private Http root;

    @BeforeEach
    void create() {
        scene = new RolloutScene(api::endpoint);
        root = scene.operator;
    }

    /** Returns an operator whose token another operator created. */
    private Http made(Http by, String name) {
        return made(by, name, "\"role\":\"operator\"");
    }

    private Http made(Http by, String name, String allowing) {
        Reply token = must(by.postJson("/access-tokens", "{\"name\":\"" + name + "\"," + allowing + "}"), 201);
        return new Http(api.endpoint(), token.get("token"));
    }

    /**
     * Returns the commands that wait for an operator. Does not use the overview, which shows only the oldest hundred
     * entries of all tests on this coordinator.
     */
    private List<String> waiting(String code) {
        return sources.stream()
                .flatMap(source -> source.waiting(RunPatterns.ALL, clock.instant()).stream())
                .filter(item -> item.code().text().equals(code))
                .map(WaitingItem::command)
                .toList();
    }

    private String createdBy(Http operator) {
        return must(operator.postJson("/rollouts", scene.definition(ALL, APPROVAL)), 201)
                .get("id");
    }

    private static Reply approve(Http operator, String rollout) {
        return operator.post("/rollouts/" + rollout + "/approve");
    }

    private static void refuses(Http operator, String rollout, String why) {
        Reply reply = approve(operator, rollout);
        assertThat(reply.problem()).isEqualTo("second-operator-needed");
        assertThat(reply.get("detail")).contains(why);
    }

    @Test
    void startsOnlyAfterAnotherOperatorsApproval() {
        scene.devices(jdbc, 2);
        Http ada = made(root, "ada");
        Http bob = made(root, "bob");
        String rollout = createdBy(ada);
        assertThat(scene.state(rollout)).isEqualTo("waiting");
        assertThat(scene.notices(rollout, "waitsFor")).containsExactly("approval: another operator must approve it");
        assertThat(scene.onNew()).isZero();
        assertThat(waiting("rollout-approval")).contains("evenkeel rollouts approve " + rollout);
        assertThat(sources.stream().flatMap(source -> source.latest(RunPatterns.ALL, clock.instant(), 1000).stream()))
                .anyMatch(event -> event.name().equals(rollout) && event.type().equals("rollout.waiting"));
        refuses(ada, rollout, "a token of 'ada' or was created by 'ada'");
        assertThat(scene.act(rollout, "skip").problem()).isEqualTo("rollout-state");
        Reply approved = must(approve(bob, rollout), 200);
        assertThat(approved.get("state")).isEqualTo("running");
        assertThat(approved.get("approvedBy")).startsWith("bob (");
        assertThat(scene.onNew()).isEqualTo(2);
        assertThat(root.get("/clients/" + scene.devices.get(0).id() + "/rollouts")
                        .jsonList())
                .singleElement()
                .satisfies(one -> assertThat(one)
                        .containsEntry("rollout", rollout)
                        .containsEntry("version", 2)
                        .containsEntry("outcome", "asked"));
        assertThat(approve(bob, rollout).problem()).isEqualTo("rollout-state");
    }

    @Test
    void refusesTheApprovalOfATokenThatTheSamePersonCreated() {
        Http ada = made(root, "ada");
        Http bob = made(ada, "bob");
        Http carol = made(bob, "carol");
        String rollout = createdBy(ada);
        refuses(bob, rollout, "a token of 'ada' or was created by 'ada'");
        refuses(carol, rollout, "a token of 'ada' or was created by 'ada'");
        refuses(root, rollout, "was created by 'operator-token'");
        refuses(made(root, "Ada"), rollout, "a token of 'ada' or was created by 'ada'");
        refuses(made(made(root, "ada"), "temporary"), rollout, "a token of 'ada' or was created by 'ada'");
        must(scene.act(rollout, "stop"), 200);

        String other = createdBy(carol);
        refuses(ada, other, "a token of 'ada' or was created by 'ada'");
        refuses(made(ada, "dora"), other, "a token of 'ada' or was created by 'ada'");
        must(approve(made(root, "eve"), other), 200);
    }

    @Test
    void anApproverNeedsNoOtherRight() {
        Http ada = made(root, "ada");
        Http reviewer = made(root, "reviewer", "\"role\":\"viewer\",\"rights\":[\"approve\"]");
        Http bob = made(root, "bob", "\"role\":\"operator\",\"rights\":[]");
        String rollout = createdBy(ada);
        Reply refused = approve(bob, rollout);
        assertThat(refused.problem()).isEqualTo("forbidden");
        assertThat(refused.get("right")).isEqualTo("approve");
        assertThat(reviewer.post("/rollouts/" + rollout + "/stop").problem()).isEqualTo("forbidden");
        assertThat(must(approve(reviewer, rollout), 200).get("approvedBy")).startsWith("reviewer (");

        String alias = "/models/" + scene.model + "/aliases/production";
        assertThat(bob.post(alias + "/protection/release").problem()).isEqualTo("forbidden");
        must(reviewer.post(alias + "/protection/release"), 200);
        assertThat(must(ada.post(alias + "/protection/release"), 200).get("endedBy"))
                .startsWith("ada (");
    }

    @Test
    void refusesToApproveARollOutCreatedByAnUnknownToken() {
        String rollout = createdBy(root);
        jdbc.update("UPDATE rollout SET created_by = 'ada (0123456789ab)' WHERE id = ?", rollout);
        refuses(made(root, "bob"), rollout, "the creator of the token 'ada (0123456789ab)' is not known here");
    }

    @Test
    void aRollOutWithApprovalProtectsItsAliasEvenAfterItIsStopped() {
        String alias = "/models/" + scene.model + "/aliases/production";
        Http ada = made(root, "ada");
        String rollout = createdBy(ada);
        assertThat(ada.putJson(alias, "{\"version\":2}").problem()).isEqualTo("alias-protected");
        must(ada.post("/rollouts/" + rollout + "/stop"), 200);
        assertThat(ada.putJson(alias, "{\"version\":2}").problem()).isEqualTo("alias-protected");
        assertThat(scene.named()).isEqualTo(1);
    }

    @Test
    void onlyApprovedRollOutsAndRollBacksMoveAProtectedAlias() {
        String alias = "/models/" + scene.model + "/aliases/production";
        Http ada = made(root, "ada");
        must(ada.post(alias + "/protection"), 200);
        assertThat(ada.putJson(alias, "{\"version\":2}").problem()).isEqualTo("alias-protected");
        assertThat(ada.delete(alias).problem()).isEqualTo("alias-protected");
        assertThat(ada.postJson("/rollouts", scene.definition(ALL, "")).problem())
                .isEqualTo("alias-protected");
        assertThat(scene.named()).isEqualTo(1);

        String rollout = createdBy(ada);
        must(approve(made(root, "bob"), rollout), 200);
        must(scene.act(rollout, "skip"), 200);
        assertThat(scene.named()).isEqualTo(2);
        must(ada.post(alias + "/rollback"), 200);
        assertThat(scene.named()).isEqualTo(1);
    }

    @Test
    void twoOperatorsEndTheProtectionOfAnAlias() {
        String alias = "/models/" + scene.model + "/aliases/production";
        String release = alias + "/protection/release";
        Http ada = made(root, "ada");
        assertThat(ada.post(release).problem()).isEqualTo("model-alias-not-found");
        must(ada.post(alias + "/protection"), 200);
        assertThat(must(ada.post(release), 200).get("releaseBy")).startsWith("ada (");
        assertThat(ada.post(release).problem()).isEqualTo("second-operator-needed");
        assertThat(made(ada, "bob").post(release).problem()).isEqualTo("second-operator-needed");
        assertThat(root.get("/models/" + scene.model).get("protections")).contains("releaseBy=ada (");
        assertThat(waiting("alias-release"))
                .contains("evenkeel models protect " + scene.model + " --alias production --release");
        assertThat(ada.putJson(alias, "{\"version\":2}").problem()).isEqualTo("alias-protected");

        assertThat(must(made(root, "eve").post(release), 200).get("endedBy")).startsWith("eve (");
        must(ada.putJson(alias, "{\"version\":2}"), 200);
    }

    @Test
    void protectsNoAliasWhileARollOutMovesItAndForgetsARelease() {
        String alias = "/models/" + scene.model + "/aliases/production";
        String rollout = scene.create(ALL, "");
        assertThat(root.post(alias + "/protection").problem()).isEqualTo("alias-in-rollout");
        must(scene.act(rollout, "stop"), 200);
        must(root.post(alias + "/protection"), 200);
        must(root.post(alias + "/protection/release"), 200);
        must(root.post(alias + "/protection"), 200);
        assertThat(must(made(root, "ada").post(alias + "/protection/release"), 200)
                        .get("releaseBy"))
                .as("no request was pending")
                .startsWith("ada (");
    }
}
