package io.evenkeel.cli.runs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubCoordinator;
import io.evenkeel.cli.StubFixture;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchRunCommandTest extends StubFixture {

    private static final String SERIES = """
        {"closed": 2, "round": [0, 1], "loss": [2.0, 1.0], "uplinkBytes": [1000, 2000], "sampled": [3, 3],
         "denseUplinkBytes": [50000, 100000], "downlinkBytes": [9000, 18000], "gamma": [0.5, 0.25],
         "directionNorm": [1.25, 1.5], "tokens": [30000, 60000.0], "metrics": {"accuracy": [0.75, null], "tokens": [30000, 30000]}}\
        """;
    private static final String ROUND = """
        [{"round": 2, "sampled": 3, "loss": 0.5, "uplinkBytes": 500, "denseUplinkBytes": 50000, "downlinkBytes": 9000,
          "gamma": 0.125, "directionNorm": 2.5, "metrics": {"accuracy": 0.875}}]\
        """;
    private static final String OPEN = """
        {"round": 2, "openedAt": "2026-01-31T12:59:48Z", "now": "2026-01-31T13:00:00Z", "deadline": "2026-01-31T13:00:48Z",
         "asked": 3, "accepted": 1, "needed": 2, "extended": 1, "waitsFor": "more-messages", "missingCount": 2,
         "missing": [{"client": "b", "name": "meter-2"}, {"client": "c"}]}\
        """;

    private static String run(String state, int round, int members) {
        return "{\"name\": \"digits\", \"state\": \"" + state + "\", \"round\": " + round
                + ", \"rounds\": 4, \"accepted\": 1, \"members\": " + members
                + ", \"extended\": 0, \"sampling\": 1.0, \"participants\": {\"min\": 2},"
                + " \"openedAt\": \"2026-01-31T11:59:48Z\", \"deadline\": \"2026-01-31T12:00:48Z\"}";
    }

    private void answer(String state, int round, int members) {
        coordinator.on("GET /runs/digits", run(state, round, members));
    }

    @Test
    void printsALineForEachChangeAndEndsWithTheRun() {
        answer("running", 0, 3);
        answer("running", 0, 3);
        answer("running", 2, 4);
        answer("finished", 2, 4);
        coordinator.on("GET /runs/digits/rounds?from=0&limit=100", """
            [{"round": 0, "uplinkBytes": 1000, "denseUplinkBytes": 50000, "metrics": {"tokens": 1024}},
             {"round": 1, "loss": 1.0, "uplinkBytes": 1000, "denseUplinkBytes": 50000, "metrics": {"tokens": 1024}}]\
            """);

        assertThat(cli.run("runs", "watch", "digits")).isZero();
        assertThat(cli.out().lines())
                .containsExactly(
                        "2026-01-31 12:00:00Z  running  round 0/4  answered 1  members 3",
                        "2026-01-31 12:00:02Z  1 device joined",
                        "2026-01-31 12:00:02Z  running  round 2/4  answered 1  members 4  loss 1.0000  uplink 2.00 kB"
                                + " of 100 kB  tokens 2,048",
                        "2026-01-31 12:00:03Z  the run is finished",
                        "2026-01-31 12:00:03Z  finished  round 2/4  members 4  loss 1.0000  uplink 2.00 kB of 100 kB"
                                + "  tokens 2,048");
        assertThat(coordinator.lines())
                .filteredOn(line -> line.contains("rounds"))
                .hasSize(1);
    }

    @Test
    void aLineRemarksOnAnUplinkLargerThanUncompressed() {
        answer("finished", 1, 3);
        coordinator.on("GET /runs/digits/series?points=200", """
            {"round": [0], "loss": [1.0], "uplinkBytes": [34000], "denseUplinkBytes": [33600]}\
            """);

        assertThat(cli.run("runs", "watch", "digits")).isZero();
        assertThat(cli.out()).contains("uplink 34.0 kB of 33.6 kB (more than uncompressed)");
    }

    @Test
    void programsGetOneJsonDocumentPerLine() {
        answer("cancelled", 2, 3);
        coordinator.on("GET /runs/digits/series?points=200", SERIES);

        assertThat(cli.run("runs", "watch", "digits", "-o", "json")).isEqualTo(1);
        assertThat(cli.out().lines())
                .singleElement()
                .asString()
                .startsWith("{\"run\":{\"name\":\"digits\"")
                .contains("\"uplinkBytes\":2000,\"denseUplinkBytes\":100000");
    }

    @Test
    void theScreenShowsTheRoundItsDevicesTheLossAndTheBytes() {
        answer("running", 2, 3);
        answer("failed", 2, 3);
        coordinator.on("GET /runs/digits/series?points=200", SERIES).on("GET /runs/digits/rounds/open", OPEN);

        assertThat(cli.onTerminal(80).variable("NO_COLOR", "1").run("runs", "watch", "digits"))
                .isEqualTo(1);
        String first = cli.out().substring(0, cli.out().indexOf("Ctrl-C"));
        assertThat(first)
                .contains("digits  running", coordinator.address().toString())
                .containsPattern("round 2 of 4  \\[=+ +\\] 50\\.0 %")
                .contains("open for 0:12, closes in 0:48 at the latest, extended 1 time")
                .contains("1 of 3 asked; the round needs 2")
                .containsPattern("waits for +more messages")
                .containsPattern("missing +2: meter-2 \\(never seen\\), c \\(never seen\\)")
                .contains("1.000  █▁  lowest 1.000")
                .contains("accuracy 0.7500")
                .doesNotContain("tokens 3.000")
                .containsPattern("tokens +60,000")
                .contains("2.00 kB, 1/50 of 100 kB dense float32")
                .contains("18.0 kB");
        assertThat(cli.out()).as("the terminal is given back").contains("\u001b[?1049h", "\u001b[?25h\u001b[?1049l");
        String last = cli.out().substring(cli.out().indexOf("\u001b[?1049l"));
        assertThat(last).as("the last screen stays").contains("digits  failed", "the run is failed");
    }

    @Test
    void everyLineOfTheScreenFitsTheTerminal() {
        answer("running", 2, 3);
        answer("finished", 2, 3);
        coordinator.on("GET /runs/digits/series?points=200", SERIES).on("GET /runs/digits/rounds/open", OPEN);

        for (int columns : new int[] {40, 80, 200}) {
            answer("finished", 2, 3);
            assertThat(cli.onTerminal(columns).variable("NO_COLOR", "1").run("runs", "watch", "digits"))
                    .isZero();
            assertThat(cli.out()
                            .replace("\u001b[H", "\n")
                            .replace("\u001b[?1049l", "\n")
                            .replaceAll("\u001b\\[[?0-9]*[A-Za-z]", "")
                            .lines())
                    .allMatch(line -> line.length() < columns);
        }
    }

    @Test
    void unchangedRunsAreRequestedWithTheirTag() {
        String paused = run("paused", 0, 3);
        coordinator
                .on("GET /runs/digits", 200, paused, Map.of("ETag", "\"v1\""))
                .on("GET /runs/digits", 304, "", Map.of("ETag", "\"v1\""))
                .on("GET /runs/digits", 200, paused.replace("paused", "finished"), Map.of("ETag", "\"v2\""));

        assertThat(cli.run("runs", "watch", "digits")).isZero();
        assertThat(coordinator.requests())
                .filteredOn(request -> !request.line().endsWith("/events"))
                .extracting(StubCoordinator.Request::tag)
                .containsExactly(null, "\"v1\"", "\"v1\"");
    }

    @Test
    void aRunWithoutProgressIsPolledLessOften() {
        for (int i = 0; i < 8; i++) {
            answer("paused", 0, 3);
        }
        answer("cancelled", 0, 3);

        assertThat(cli.run("runs", "watch", "digits")).isEqualTo(1);
        assertThat(cli.pauses())
                .startsWith(Duration.ofSeconds(1), Duration.ofSeconds(2))
                .endsWith(Duration.ofSeconds(5));
    }

    @Test
    void aBusyCoordinatorIsPolledAfterItsRetryAfter() {
        answer("running", 0, 3);
        coordinator.problem("GET /runs/digits", 503, "busy");
        coordinator.problem("GET /runs/digits", 503, "busy");
        answer("finished", 0, 3);

        assertThat(cli.run("runs", "watch", "digits")).isZero();
        assertThat(cli.pauses()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(7), Duration.ofSeconds(7));
        assertThat(cli.out().lines())
                .filteredOn(line -> line.contains("no response; trying again"))
                .hasSize(1);
    }

    @Test
    void anUnknownRunEndsTheWatch() {
        coordinator.problem("GET /runs/digits", 404, "run-not-found");

        assertThat(cli.run("runs", "watch", "digits")).isEqualTo(3);
        assertThat(cli.pauses()).isEmpty();
    }

    @Test
    void onlyTheNewRoundsAreFetched() {
        answer("running", 2, 3);
        answer("running", 3, 3);
        answer("finished", 3, 3);
        coordinator
                .on("GET /runs/digits/series?points=200", SERIES)
                .on("GET /runs/digits/rounds?from=2&limit=100", ROUND);

        assertThat(cli.run("runs", "watch", "digits")).isZero();
        assertThat(cli.out()).contains("round 3/4", "loss 0.50000  uplink 2.50 kB of 150 kB");
        assertThat(coordinator.lines())
                .filteredOn(line -> !line.endsWith("/events"))
                .containsExactly(
                        "GET /runs/digits",
                        "GET /runs/digits/series?points=200",
                        "GET /runs/digits",
                        "GET /runs/digits/rounds?from=2&limit=100",
                        "GET /runs/digits");
    }

    @Test
    void aRunThatEndsBetweenTwoRequestsIsNotAFailure() {
        answer("running", 0, 3);
        answer("finished", 0, 3);
        coordinator.problem("GET /runs/digits/rounds/open", 409, "wrong-state");

        assertThat(cli.onTerminal(80).run("runs", "watch", "digits"))
                .as(cli.err())
                .isZero();
    }
}
