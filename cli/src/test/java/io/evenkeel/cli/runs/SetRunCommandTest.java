package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetRunCommandTest extends StubFixture {

    private static final String RUN =
            "{\"name\": \"digits\", \"state\": \"running\", \"round\": 61, \"rounds\": 600, \"revision\": 2}";
    private static final String REVISION = """
        {"number": 3, "fromRound": 62, "changedAt": "2026-01-31T12:00:00Z", "changedBy": "ada",
         "changes": [{"field": "rounds", "from": 600, "to": 800},
                     {"field": "participants.max", "from": null, "to": 5},
                     {"field": "time.max", "from": "PT1M", "to": "PT1M30S"}]}\
        """;
    private static final String NOTHING = "{\"number\": 2, \"fromRound\": 62, \"changes\": []}";
    private static final String PREVIEW = "PATCH /runs/digits?dryRun=true";

    @BeforeEach
    void prepare() {
        coordinator.on("GET /runs/digits", RUN);
    }

    private String sent() {
        return coordinator.requests().get(coordinator.requests().size() - 1).body();
    }

    @Test
    void setsNotes() {
        coordinator.on(PREVIEW, REVISION).on("PATCH /runs/digits", REVISION);

        assertThat(cli.run("runs", "set", "digits", "description=12", "tags=baseline, report", "--yes"))
                .as(cli.err())
                .isZero();
        assertThat(sent()).contains("\"description\":\"12\"", "\"tags\":[\"baseline\",\"report\"]");

        assertThat(cli.run("runs", "set", "digits", "description=none", "tags=[\"one\"]", "--yes"))
                .isZero();
        assertThat(sent()).contains("\"description\":null", "\"tags\":[\"one\"]");
    }

    @Test
    void showsTheChangeAndMakesItWithTheRevisionItSaw() {
        coordinator.on(PREVIEW, REVISION).on("PATCH /runs/digits", REVISION);

        int exitCode = cli.run("runs", "set", "digits", "rounds=800", "participants.max=5", "time.max=90s", "--yes");

        assertThat(exitCode).as(cli.err()).isZero();
        assertThat(cli.err())
                .containsPattern("rounds +600 +800")
                .containsPattern("participants.max +none +5")
                .containsPattern("time.max +60s +90s")
                .contains("Takes effect from round 62 on");
        assertThat(cli.out()).startsWith("Run digits is at revision 3: from round 62 on");
        assertThat(sent())
                .isEqualTo("{\"rounds\":800,\"participants\":{\"max\":5},\"time\":{\"max\":\"90s\"},\"revision\":2}");
    }

    @Test
    void asksOnATerminalAndNeedsYesElsewhere() {
        coordinator.on(PREVIEW, REVISION);

        assertThat(cli.run("runs", "set", "digits", "rounds=800")).isEqualTo(2);
        assertThat(cli.err()).contains("give --yes");
        assertThat(cli.onTerminal(80).typing("n\n").run("runs", "set", "digits", "rounds=800"))
                .isEqualTo(1);
        assertThat(cli.err()).contains("nothing was done");
        assertThat(coordinator.lines()).doesNotContain("PATCH /runs/digits");
    }

    @Test
    void aDryRunChangesNothing() {
        coordinator.on("PATCH /runs/digits?reason=faster&dryRun=true", REVISION);

        assertThat(cli.run("runs", "set", "digits", "rounds=800", "--reason", "faster", "--dry-run"))
                .isZero();
        assertThat(cli.out()).containsPattern("rounds +600 +800");
        assertThat(cli.run("runs", "set", "digits", "rounds=800", "--reason", "faster", "--dry-run", "-o", "json"))
                .isZero();
        assertThat(cli.out()).startsWith("{").contains("\"fromRound\": 62");
        assertThat(coordinator.lines()).noneMatch(line -> line.equals("PATCH /runs/digits?reason=faster"));
    }

    @Test
    void programsGetOnlyTheRevision() {
        coordinator.on(PREVIEW, REVISION).on("PATCH /runs/digits", REVISION);

        assertThat(cli.run("runs", "set", "digits", "rounds=800", "--yes", "--output", "json"))
                .isZero();
        assertThat(cli.out()).startsWith("{").contains("\"number\": 3");
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void anEmptyChangeIsReportedWithoutConfirmation() {
        coordinator.on(PREVIEW, NOTHING);

        assertThat(cli.run("runs", "set", "digits", "rounds=600")).isZero();
        assertThat(cli.out()).contains("nothing to change");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rounds=none       | {\"rounds\":null,\"revision\":2}",
                "sampling=0.25     | {\"sampling\":0.25,\"revision\":2}",
                "weights.max=1e3   | {\"weights\":{\"max\":1000.0},\"revision\":2}",
                "gamma=constant:1  | {\"gamma\":\"constant:1\",\"revision\":2}",
                "time.min=PT1S     | {\"time\":{\"min\":\"PT1S\"},\"revision\":2}",
                "stop.patience.rounds=50 | {\"stop\":{\"patience\":{\"rounds\":50}},\"revision\":2}",
                "stop.targets=['loss <= 1'] | {\"stop\":{\"targets\":[\"loss <= 1\"]},\"revision\":2}",
                "time.min=         | {\"time\":{\"min\":\"\"},\"revision\":2}"
            })
    void readsNumbersTextsAndNone(String setting, String patch) {
        coordinator.on(PREVIEW, NOTHING);

        assertThat(cli.run("runs", "set", "digits", setting.replace('\'', '"')))
                .as(cli.err())
                .isZero();
        assertThat(sent()).isEqualTo(patch);
    }

    @ParameterizedTest
    @CsvSource({
        "rounds, '', is not a setting",
        "rounds..max=3, '', is not a setting",
        "'stop.targets=[1', '', is not JSON",
        "rounds=3, rounds=4, second time",
        "time.max=3s, time=none, second time",
        "time=none, time.max=3s, second time"
    })
    void refusesInvalidSettings(String first, String second, String error) {
        int exitCode = second.isEmpty()
                ? cli.run("runs", "set", "digits", first)
                : cli.run("runs", "set", "digits", first, second);

        assertThat(exitCode).isEqualTo(2);
        assertThat(cli.err()).contains(error);
        assertThat(coordinator.lines()).isEmpty();
    }

    @Test
    void printsTheCoordinatorsRefusal() {
        coordinator.problem(PREVIEW, 409, "definition-changed");

        assertThat(cli.run("runs", "set", "digits", "rounds=800", "--yes")).isEqualTo(5);
        assertThat(cli.err()).contains("what to do");
    }

    @Test
    void listsTheChanges() {
        coordinator.on(
                "GET /runs/digits/revisions", "[" + REVISION.replace("\"ada\"", "\"ada\", \"reason\": \"slow\"") + "]");

        assertThat(cli.run("runs", "revisions", "digits")).isZero();
        assertThat(cli.out().lines())
                .last()
                .asString()
                .containsPattern(
                        "3 +62 +rounds 600 -> 800, participants.max none -> 5, time.max 60s -> 90s +slow +ada +2026");
        coordinator.on("GET /runs/digits/revisions", "[]");
        assertThat(cli.run("runs", "revisions", "digits")).isZero();
        assertThat(cli.out()).contains("has not been changed");
    }

    @Test
    void theShellCompletesTheFields() {
        assertThat(cli.run("completion", "bash")).isZero();
        assertThat(cli.out()).contains("participants.max=", "weights.min=");
    }
}
