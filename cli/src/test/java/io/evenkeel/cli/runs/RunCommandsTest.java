package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandsTest extends RunCommandFixture {

    @Test
    void listShowsEachRunInALine() {
        coordinator.on("GET /runs?limit=101", "[" + RUNNING + "," + FINISHED + "]");

        assertThat(cli.run("runs", "list")).isZero();
        assertThat(cli.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("NAME").contains("STATE", "ROUND", "ANSWERED", "MEMBERS"),
                        line -> assertThat(line).matches("digits +running +61/600 +7 +10 +60m +ef21-norm +top-k:0.01"),
                        line -> assertThat(line).matches("old +finished +5/5 +- +2 +3d"));
        assertThat(coordinator.requests().get(0).token()).isEqualTo("Bearer evk_op_test");
    }

    @Test
    void listRequestsRunsByNameAndState() {
        coordinator.on("GET /runs?search=ol&state=finished%2Cfailed&limit=101", "[" + FINISHED + "]");

        assertThat(cli.run("runs", "list", "--name", "ol", "--state", "finished,failed", "-o", "json"))
                .isZero();
        assertThat(cli.out()).contains("\"old\"");
    }

    @Test
    void listSaysHowToMakeTheFirstRun() {
        coordinator.on("GET /runs?limit=101", "[]");

        assertThat(cli.run("runs", "list")).isZero();
        assertThat(cli.out()).contains("evenkeel runs init");
    }

    @Test
    void showNamesTheMissingMembersOfAStalledRunAndWhatToDo() {
        coordinator.on(
                "GET /runs/digits",
                RUNNING.replace(
                        "\"extended\": 1",
                        "\"extended\": 13, \"stalled\": {\"reason\": \"too-few-members\", \"since\": \"2026-01-31T11:46:00Z\","
                                + " \"message\": \"round 61 needs 5 members, but the run has 3; let 2 more join\"}"));
        coordinator.on("GET /runs/digits/rounds/open", OPEN_ROUND);

        assertThat(cli.run("runs", "show", "digits")).isZero();
        assertThat(cli.out())
                .startsWith("digits  stalled  round 61 of 600")
                .contains(
                        "no round has closed for 14m: round 61 needs 5 members, but the run has 3; let 2 more join",
                        "evenkeel runs members digits --remove DEVICE",
                        "participants.min=N")
                .contains("2: meter-2 (seen 14m ago), c (never seen)", "unknown while the run is stalled");
    }

    @Test
    void showStatesWhenARunIsExpectedToEnd() {
        coordinator.on(
                "GET /runs/digits", RUNNING.replace("\"seed\"", "\"expectedEnd\": \"2026-01-31T15:00:00Z\", \"seed\""));
        coordinator.on("GET /runs/digits/rounds/open", OPEN_ROUND);

        assertThat(cli.run("runs", "show", "digits")).isZero();
        assertThat(cli.out()).containsPattern("not waited for +1: meter-9");
        assertThat(cli.out()).contains("expected end", "2026-01-31 15:00:00Z (in 3h)");
    }

    @Test
    void theListShowsAStalledRun() {
        coordinator.on(
                "GET /runs?limit=101",
                "[" + RUNNING.replace("\"seed\"", "\"stalled\": {\"reason\": \"not-moved-on\"}, \"seed\"") + "]");
        assertThat(cli.run("runs", "list")).isZero();
        assertThat(cli.out()).contains("stalled").doesNotContain("running");
    }

    @Test
    void showPrintsTheDefinitionAndTheOpenRound() {
        coordinator.on("GET /runs/digits", RUNNING);
        coordinator.on("GET /runs/digits/rounds/open", OPEN_ROUND);

        assertThat(cli.run("runs", "show", "digits")).isZero();
        assertThat(cli.out())
                .startsWith("digits  running  round 61 of 600")
                .containsPattern(
                        "waits for +the missing ones, until it times out \\(time.max\\); it has enough messages")
                .contains("7 answered, open for 12s, deadline in 48s, extended 1 times")
                .contains("9,610 parameters", "5 or more", "0 s to 60 s", "2026-01-31 11:00:00Z (60m ago)");
    }

    @Test
    void programsGetTheApisDocument() {
        coordinator.on(
                "GET /runs/digits", "{\"name\": \"digits\", \"tensors\": [{\"shape\": [64, 10]}], \"seed\": \"1\"}");

        assertThat(cli.run("runs", "show", "digits", "--output", "json")).isZero();
        assertThat(cli.out()).contains("\"name\": \"digits\",\n");
        assertThat(cli.run("runs", "show", "digits", "--output", "yaml")).isZero();
        assertThat(cli.out()).isEqualTo("""
                name: digits
                tensors:
                - shape:
                  - 64
                  - 10
                seed: "1"
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "run-not-found, 404, 3",
        "forbidden, 403, 4",
        "unauthenticated, 401, 4",
        "wrong-state, 409, 5",
        "invalid, 422, 2",
        "busy, 503, 6",
        "too-many-requests, 429, 6",
        "internal, 500, 1"
    })
    void refusalsSayWhatToDoAndHaveTheirOwnExitCodes(String type, int status, int exitCode) {
        coordinator.problem("POST /runs/digits/pause", status, type);

        assertThat(cli.run("runs", "pause", "digits")).isEqualTo(exitCode);
        assertThat(cli.err()).isEqualTo("evenkeel: A title: the detail; what to do\n");
        assertThat(cli.out()).isEmpty();
    }

    @Test
    void refusalsOfSeveralFieldsNameEach() {
        coordinator.on("POST /runs/digits/pause", 422, """
                {"title": "Not valid", "detail": "two fields", "action": "correct them",
                 "errors": [{"field": "rounds", "message": "is 0"}, {"field": "name", "message": "is empty"}]}""", Map.of());

        assertThat(cli.run("runs", "pause", "digits")).isEqualTo(2);
        assertThat(cli.err())
                .isEqualTo("evenkeel: Not valid: two fields; correct them\n  rounds: is 0\n  name: is empty\n");
    }

    @Test
    void aCoordinatorThatDoesNotAnswerIsUnavailable() {
        coordinator.close();

        assertThat(cli.run("runs", "list")).isEqualTo(6);
        assertThat(cli.err())
                .startsWith(
                        "evenkeel: nothing listens at " + coordinator.address().getAuthority());
    }

    @Test
    void namesAreEncodedSoThatTheyStayOneSegment() {
        coordinator.on("GET /runs/..%2Fclients%3Fa%20b", RUNNING);

        assertThat(cli.run("runs", "show", "../clients?a b")).isZero();
    }

    @Test
    void membersListsAndRemoves() {
        coordinator
                .on("GET /runs/digits/members?limit=101", """
                        [{"client": "abc", "name": "meter-17", "weight": 2.5, "sequence": 60, "lastRound": 59,
                          "lastSeenAt": "2026-01-31T11:58:30Z", "leavingAfter": 61},
                         {"client": "def", "weight": 1.0, "sequence": 0}]""")
                .on("DELETE /runs/digits/members/abc", 204, "", Map.of());

        assertThat(cli.run("runs", "members", "digits")).isZero();
        assertThat(cli.out())
                .containsPattern("abc +meter-17 +2\\.5 +60 +59 +90s +leaves after round 61")
                .containsPattern("def +- +1\\.0 +0 +-");
        assertThat(cli.run("runs", "members", "digits", "--remove", "abc")).isEqualTo(2);
        assertThat(cli.run("runs", "members", "digits", "--remove", "abc", "--yes"))
                .isZero();
        assertThat(cli.out()).contains("device abc leaves run 'digits'");
    }

    @Test
    void membersRequestsMatchingMembers() {
        coordinator.on(
                "GET /runs/digits/members?search=meter&seenWithin=PT1H&unseenFor=PT1M&state=leaving&after=7&limit=3",
                "[{\"client\": \"abc\"}, {\"client\": \"def\"}, {\"client\": \"ghi\"}]");

        assertThat(cli.run(
                        "runs",
                        "members",
                        "digits",
                        "--name=meter",
                        "--seen-within=1h",
                        "--unseen-for=60s",
                        "--state=leaving",
                        "--after=7",
                        "--limit=2"))
                .isZero();
        assertThat(cli.out()).contains("abc", "def").doesNotContain("ghi");
        assertThat(cli.out()).contains("--all");
    }

    @Test
    void roundsEndWithTheNewest() {
        coordinator.on("GET /runs/digits", RUNNING).on("GET /runs/digits/rounds?from=41&limit=20", """
                        [{"round": 60, "participants": 9, "sampled": 10, "loss": 0.25, "directionNorm": 1.5, "gamma": 0.1,
                          "uplinkBytes": 2720, "denseUplinkBytes": 192000, "downlinkBytes": 19000, "durationSeconds": 0.14}]""");

        assertThat(cli.run("runs", "rounds", "digits")).isZero();
        assertThat(cli.out())
                .containsPattern("60 +9/10 +0\\.25000 +1\\.5000 +0\\.10000 +2\\.72 kB +192 kB +19\\.0 kB +0\\.1");
    }

    @Test
    void roundsOfAPrivateRunShowTheSpentPrivacy() {
        coordinator.on("GET /runs/digits", RUNNING).on("GET /runs/digits/rounds?from=41&limit=20", """
                        [{"round": 60, "participants": 9, "sampled": 10, "directionNorm": 1.5, "gamma": 0.1, "epsilon": 2.4171,
                          "uplinkBytes": 2720, "denseUplinkBytes": 192000, "downlinkBytes": 19000, "durationSeconds": 0.14}]""");

        assertThat(cli.run("runs", "rounds", "digits")).isZero();
        assertThat(cli.out())
                .contains("EPSILON")
                .containsPattern("60 +9/10 +- +1\\.5000 +0\\.10000 +2\\.42 +2\\.72 kB");
    }

    @ParameterizedTest
    @CsvSource({"true, 0, agrees with", "false, 1, does not agree with"})
    void auditsExitCodeSaysWhetherTheSumAgrees(boolean agrees, int exitCode, String text) {
        coordinator.on("POST /runs/digits/audit", "{\"agrees\": " + agrees + ", \"messages\": 300, \"round\": 60}");

        assertThat(cli.run("runs", "audit", "digits")).isEqualTo(exitCode);
        assertThat(cli.out()).contains("the sum " + text + " the messages", "300");
    }

    @Test
    void anAuditShowsTheHashChainAndTheRoundOfAKeptHead() {
        coordinator.on(
                "POST /runs/digits/audit?head=ab12",
                "{\"agrees\": true, \"chain\": {\"links\": 61, \"firstRound\": 0, \"lastRound\": 59, \"head\": \"cd34\","
                        + " \"keptRound\": 41}}");

        assertThat(cli.run("runs", "audit", "digits", "--head", "ab12")).isZero();
        assertThat(cli.out()).contains("rounds 0 to 59 fit, the kept head is from round 41; head cd34");
    }

    @Test
    void smoothnessShowsTheEstimate() {
        coordinator.on("GET /runs/digits/smoothness", "{\"run\": \"digits\", \"points\": 30, \"l0\": 1.5}");

        assertThat(cli.run("runs", "smoothness", "digits")).isZero();
        assertThat(cli.out()).contains("l0      1.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"state\": {}}", "{\"state\": \"running\", \"deadline\": \"soon\"}"})
    void anUnreadableResponseIsReportedWithoutAStackTrace(String answer) {
        coordinator.on("GET /runs/digits", answer);

        assertThat(cli.run("runs", "show", "digits")).isEqualTo(1);
        assertThat(cli.err()).startsWith("evenkeel: the response of http").doesNotContain("\tat ");
    }
}
