package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandsTest {

    private static final String RUNNING = """
            {"name": "digits", "state": "running", "round": 61, "rounds": 600, "members": 10, "accepted": 7, "extended": 1,
             "algorithm": "ef21-norm", "compressor": "top-k:0.01", "dimension": 9610, "gamma": "constant:0.1",
             "participants": {"min": 5}, "time": {"min": "PT0S", "max": "PT1M"}, "sampling": 1.0, "seed": 1,
             "createdAt": "2026-01-31T11:00:00Z", "openedAt": "2026-01-31T11:59:48Z",
             "deadline": "2026-01-31T12:00:48Z"}""";
    private static final String FINISHED = """
            {"name": "old", "state": "finished", "round": 5, "rounds": 5, "members": 2,
             "createdAt": "2026-01-28T12:00:00Z"}""";

    @TempDir
    private Path folder;

    private StubCoordinator coordinator;
    private CliHarness cli;

    @BeforeEach
    void listen() {
        coordinator = new StubCoordinator();
        cli = CliHarness.at(coordinator, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

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
    void listAsksForRunsByNameAndState() {
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
    void showTellsTheDefinitionAndTheOpenRound() {
        coordinator.on("GET /runs/digits", RUNNING);

        assertThat(cli.run("runs", "show", "digits")).isZero();
        assertThat(cli.out())
                .startsWith("digits  running  round 61 of 600")
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
    void refusalsSayWhatToDoAndHaveAnExitCodeOfTheirOwn(String type, int status, int exitCode) {
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
        assertThat(cli.err()).startsWith("evenkeel: no answer from " + coordinator.address());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause", "resume", "start"})
    void pauseResumeAndStartPostToTheRun(String change) {
        coordinator.on("POST /runs/digits/" + change, RUNNING);

        assertThat(cli.run("runs", change, "digits")).isZero();
        assertThat(cli.out()).isEqualTo("digits  running  round 61 of 600\n");
    }

    @Test
    void namesAreEncodedSoThatTheyStayOneSegment() {
        coordinator.on("GET /runs/..%2Fclients%3Fa%20b", RUNNING);

        assertThat(cli.run("runs", "show", "../clients?a b")).isZero();
    }

    @Test
    void cancelDoesNothingUnlessItIsConfirmed() {
        assertThat(cli.run("runs", "cancel", "digits")).isEqualTo(2);
        assertThat(cli.err()).contains("Cancel run 'digits'", "give --yes");
        assertThat(cli.onTerminal(80).typing("n\n").run("runs", "cancel", "digits"))
                .isEqualTo(1);
        assertThat(cli.err()).contains("[y/N]", "nothing was done");
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void cancelEndsTheRunIfItIsConfirmed() {
        coordinator.on("POST /runs/digits/cancel", RUNNING.replace("running", "cancelled"));

        assertThat(cli.run("runs", "cancel", "digits", "--yes")).isZero();
        assertThat(cli.onTerminal(80).typing("y\n").run("runs", "cancel", "digits"))
                .isZero();
        assertThat(coordinator.lines()).containsExactly("POST /runs/digits/cancel", "POST /runs/digits/cancel");
    }

    @Test
    void startWaitsUntilEnoughDevicesHaveJoined() {
        coordinator
                .problem("POST /runs/digits/start", 409, "too-few-members")
                .problem("POST /runs/digits/start", 409, "too-few-members")
                .on("POST /runs/digits/start", RUNNING);

        assertThat(cli.run("runs", "start", "digits", "--wait")).isZero();
        assertThat(cli.pauses()).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1));
    }

    @Test
    void startDoesNotWaitForWhatNoWaitingMends() {
        coordinator.problem("POST /runs/digits/start", 409, "wrong-state");

        assertThat(cli.run("runs", "start", "digits", "--wait")).isEqualTo(5);
        assertThat(cli.pauses()).isEmpty();
    }

    @Test
    void startGivesUpAfterTheTimeout() {
        coordinator.problem("POST /runs/digits/start", 409, "too-few-members");

        assertThat(cli.run("runs", "start", "digits", "--wait", "--timeout", "3s"))
                .isEqualTo(7);
        assertThat(cli.err()).contains("until enough devices have joined run 'digits'");
    }

    @Test
    void createSendsTheFileAndSaysWhatToDoNext() throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), "name: digits # a comment\ndimension: 3\n");
        coordinator.on("POST /runs", RUNNING);

        assertThat(cli.run("runs", "create", "-f", file.toString())).isZero();
        assertThat(coordinator.requests().get(0).body()).isEqualTo("{\"name\":\"digits\",\"dimension\":3}");
        assertThat(cli.out()).contains("evenkeel tokens create --run digits", "evenkeel runs start digits --wait");
    }

    @Test
    void createUploadsAModelAndStartsTheRun() throws Exception {
        Path file = Files.writeString(folder.resolve("run.json"), "{\"name\": \"other\", \"dimension\": 3}");
        Path model = Files.writeString(folder.resolve("x.npy"), "values");
        coordinator
                .on("POST /runs", RUNNING)
                .on("PUT /runs/digits/model", 204, "", Map.of())
                .on("POST /runs/digits/start", RUNNING);

        assertThat(cli.run(
                        "runs",
                        "create",
                        "-f",
                        file.toString(),
                        "--name",
                        "digits",
                        "--model",
                        model.toString(),
                        "--start"))
                .as(cli.err())
                .isZero();
        assertThat(coordinator.requests().get(0).body())
                .isEqualTo("{\"name\":\"digits\",\"dimension\":3,\"initialModel\":\"uploaded\"}");
        assertThat(coordinator.requests().get(1).body()).isEqualTo("values");
        assertThat(coordinator.lines())
                .containsExactly("POST /runs", "PUT /runs/digits/model", "POST /runs/digits/start");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: [a              | is neither YAML nor JSON at line
                    just a text           | is no run's definition
                    ''                    | is no run's definition
                    """)
    void createRefusesAFileThatIsNoDefinitionBeforeItSendsAnything(String text, String message) throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), text);

        assertThat(cli.run("runs", "create", "-f", file.toString())).isEqualTo(2);
        assertThat(cli.err()).contains(message);
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void createSaysThatThereIsNoFile() {
        assertThat(cli.run("runs", "create", "-f", folder.resolve("nothing").toString()))
                .isEqualTo(2);
        assertThat(cli.err()).contains("there is no file", "evenkeel runs init");
    }

    @Test
    void modelGetWritesTheFileInTheFormOfItsName() throws Exception {
        Path file = folder.resolve("x.safetensors");
        coordinator.on("GET /runs/digits/rounds/3/model?dtype=float64&format=safetensors", "model");

        assertThat(cli.run(
                        "runs",
                        "model",
                        "get",
                        "digits",
                        "--to",
                        file.toString(),
                        "--round",
                        "3",
                        "--dtype",
                        "float64"))
                .isZero();
        assertThat(file).hasContent("model");
        assertThat(folder).isDirectoryNotContaining(entry -> entry.toString().endsWith(".part"));
    }

    @Test
    void modelGetThatFailsLeavesAnOlderFileAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("x.npy"), "older");
        coordinator.problem("GET /runs/digits/rounds/latest/model?dtype=float32&format=npy", 404, "model-not-kept");

        assertThat(cli.run("runs", "model", "get", "digits", "--to", file.toString()))
                .isEqualTo(3);
        assertThat(file).hasContent("older");
        assertThat(folder).isDirectoryNotContaining(entry -> entry.toString().endsWith(".part"));
    }

    @Test
    void modelGetWaitsForTheEnd() {
        coordinator
                .on("GET /runs/digits", RUNNING)
                .on("GET /runs/digits", FINISHED)
                .on("GET /runs/digits/rounds/latest/model?dtype=float32&format=raw", "model");

        assertThat(cli.run(
                        "runs",
                        "model",
                        "get",
                        "digits",
                        "--wait",
                        "--to",
                        folder.resolve("x").toString()))
                .isZero();
        assertThat(cli.pauses()).hasSize(1);
    }

    @Test
    void modelPutSendsRawNumbersWithTheirType() throws Exception {
        Path file = Files.writeString(folder.resolve("x.bin"), "numbers");
        coordinator.on("PUT /runs/digits/model?dtype=float32", 204, "", Map.of());

        assertThat(cli.run("runs", "model", "put", "digits", file.toString(), "--dtype", "float32"))
                .isZero();
        assertThat(coordinator.requests().get(0).body()).isEqualTo("numbers");
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
    void membersAsksForThoseThatMatch() {
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

    @ParameterizedTest
    @CsvSource({"true, 0, agrees with", "false, 1, does not agree with"})
    void auditsExitCodeSaysWhetherTheSumAgrees(boolean agrees, int exitCode, String text) {
        coordinator.on("POST /runs/digits/audit", "{\"agrees\": " + agrees + ", \"messages\": 300, \"round\": 60}");

        assertThat(cli.run("runs", "audit", "digits")).isEqualTo(exitCode);
        assertThat(cli.out()).contains("the sum " + text + " the messages", "300");
    }

    @Test
    void smoothnessShowsTheEstimate() {
        coordinator.on("GET /runs/digits/smoothness", "{\"run\": \"digits\", \"points\": 30, \"l0\": 1.5}");

        assertThat(cli.run("runs", "smoothness", "digits")).isZero();
        assertThat(cli.out()).contains("l0      1.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"state\": {}}", "{\"state\": \"running\", \"deadline\": \"soon\"}"})
    void anAnswerThatIsNotUnderstoodIsAFailureWithoutATrace(String answer) {
        coordinator.on("GET /runs/digits", answer);

        assertThat(cli.run("runs", "show", "digits")).isEqualTo(1);
        assertThat(cli.err()).startsWith("evenkeel: the answer of http").doesNotContain("\tat ");
    }
}
