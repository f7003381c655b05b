package io.evenkeel.cli.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenCommandsTest extends StubFixture {

    @Test
    void onlyTheTokenIsOnStandardOutput() {
        coordinator
                .on("GET /runs/digits", "{\"name\": \"digits\"}")
                .on("POST /enrolment-tokens", "{\"id\": \"abc\", \"token\": \"evk_enrol_x\"}");

        assertThat(cli.run("tokens", "create", "--uses", "2", "--expires", "1h", "--run", "digits"))
                .isZero();
        assertThat(cli.out()).isEqualTo("evk_enrol_x\n");
        assertThat(cli.err()).contains("token abc, shown only once");
        assertThat(coordinator.requests().get(1).body())
                .isEqualTo("{\"expiresIn\":\"1h\",\"uses\":2,\"run\":\"digits\"}");
    }

    @Test
    void aTokenForAMissingRunNeedsTheOptionLater() {
        coordinator.on("POST /enrolment-tokens", "{\"id\": \"abc\", \"token\": \"evk_enrol_x\"}");

        assertThat(cli.run("tokens", "create", "--run", "typo")).isEqualTo(3);
        assertThat(cli.err()).contains("there is no run 'typo': correct --run", "--later");
        assertThat(coordinator.lines()).containsExactly("GET /runs/typo");

        assertThat(cli.run("tokens", "create", "--run", "next", "--later")).isZero();
        assertThat(coordinator.lines()).endsWith("POST /enrolment-tokens").hasSize(2);
    }

    @Test
    void accessTokensHaveANameAndARole() {
        coordinator.on("POST /access-tokens", "{\"id\": \"abc\", \"token\": \"evk_view_x\"}");

        assertThat(cli.run("tokens", "create", "--viewer", "prometheus", "-o", "json"))
                .isZero();
        assertThat(cli.out()).contains("\"token\": \"evk_view_x\"");
        assertThat(coordinator.requests().get(0).body()).isEqualTo("{\"name\":\"prometheus\",\"role\":\"viewer\"}");
    }

    @Test
    void accessTokensAllowOnlyCertainRunsOrRights() {
        coordinator.on("POST /access-tokens", "{\"id\": \"abc\", \"token\": \"evk_op_x\"}");

        assertThat(cli.run("tokens", "create", "--operator", "alice", "--runs", "fleet-a-*,digits"))
                .isZero();
        assertThat(cli.run("tokens", "create", "--viewer", "bob", "--rights", "approve,mint"))
                .isZero();
        assertThat(cli.run("tokens", "create", "--operator", "carol", "--rights", "none"))
                .isZero();
        assertThat(coordinator.requests())
                .extracting(request -> request.body())
                .containsExactly(
                        "{\"name\":\"alice\",\"role\":\"operator\",\"runs\":[\"fleet-a-*\",\"digits\"]}",
                        "{\"name\":\"bob\",\"role\":\"viewer\",\"rights\":[\"approve\",\"mint\"]}",
                        "{\"name\":\"carol\",\"role\":\"operator\",\"rights\":[]}");

        assertThat(cli.run("tokens", "create", "--runs", "fleet-a-*")).isEqualTo(2);
        assertThat(cli.err()).contains("--rights and --runs are for access tokens");
        assertThat(coordinator.requests()).hasSize(3);
    }

    @Test
    void aPersonsTokenHasNoUses() {
        assertThat(cli.run("tokens", "create", "--operator", "alice", "--uses", "3"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("are for enrolment tokens");
        assertThat(cli.run("tokens", "create", "--operator", "alice", "--viewer", "bob"))
                .isEqualTo(2);
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void listLeavesOutTokensThatAreNoLongerValid() {
        coordinator.on("GET /enrolment-tokens?limit=1000", """
            [{"id": "good", "uses": 2, "usesLeft": 1, "createdAt": "2026-01-31T11:00:00Z", "run": "digits"},
             {"id": "used", "uses": 2, "usesLeft": 0},
             {"id": "late", "uses": 2, "usesLeft": 2, "expiresAt": "2026-01-31T11:59:59Z"}]\
            """).on("GET /access-tokens", """
                [{"id": "view", "name": "prom", "role": "viewer", "rights": ["approve"], "runs": ["*"], "expiresAt": "2026-04-01T00:00:00Z"},
                 {"id": "gone", "name": "eve", "role": "operator", "revokedAt": "2026-01-01T00:00:00Z"}]\
                """);

        assertThat(cli.run("tokens", "list")).isZero();
        assertThat(cli.out())
                .containsPattern("good +enrolment +valid +1/2 +60m +never +digits +-")
                .containsPattern("view +viewer +valid +- +2026-04-01 00:00:00Z +\\* +approve +prom")
                .doesNotContain("used", "late", "gone");
        assertThat(cli.run("tokens", "list", "--all")).isZero();
        assertThat(cli.out())
                .containsPattern("used +enrolment +used up")
                .containsPattern("late +enrolment +expired")
                .containsPattern("gone +operator +revoked");
    }

    @Test
    void listFollowsThePagesOfEnrolmentTokens() {
        String full = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"id\": \"t" + i + "\", \"uses\": 1, \"usesLeft\": 0}")
                .collect(Collectors.joining(",", "[", "]"));
        coordinator
                .on("GET /enrolment-tokens?limit=1000", full)
                .on("GET /enrolment-tokens?after=t999&limit=1000", "[{\"id\": \"last\", \"uses\": 1, \"usesLeft\": 1}]")
                .on("GET /access-tokens", "[]");

        assertThat(cli.run("tokens", "list")).isZero();
        assertThat(cli.out()).containsPattern("last +enrolment +valid");
    }

    @Test
    void revokeFindsTheKindOfTheToken() {
        coordinator
                .problem("DELETE /enrolment-tokens/view", 404, "enrolment-token-not-found")
                .on("DELETE /access-tokens/view", 204, "", Map.of());

        assertThat(cli.run("tokens", "revoke", "view", "--yes")).isZero();
        assertThat(cli.out()).isEqualTo("token view is revoked\n");
    }

    @Test
    void revokeSaysThatThereIsNoSuchToken() {
        coordinator
                .problem("DELETE /enrolment-tokens/x", 404, "enrolment-token-not-found")
                .problem("DELETE /access-tokens/x", 404, "access-token-not-found");

        assertThat(cli.run("tokens", "revoke", "x", "--yes")).isEqualTo(3);
        assertThat(cli.err()).contains("there is no token with the id 'x'");
    }
}
