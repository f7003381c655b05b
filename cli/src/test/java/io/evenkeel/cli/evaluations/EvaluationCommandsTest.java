package io.evenkeel.cli.evaluations;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import org.junit.jupiter.api.Test;

class EvaluationCommandsTest extends StubFixture {

    private static final String EVALUATION = """
        {"name": "check", "state": "open", "model": "digits", "version": 3, "results": 12,
         "createdAt": "2026-01-31T11:00:00Z", "deadline": "2026-02-01T11:00:00Z", "metrics": [
           {"name": "accuracy", "devices": 12, "weightedMean": 0.9, "mean": 0.85,
            "deciles": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.95],
            "groups": {"region": [
              {"value": "eu", "devices": 8, "tooFew": false, "weightedMean": 0.8, "mean": 0.7,
               "deciles": [0, 0, 0, 0, 0.5, 0, 0, 0, 1]},
              {"value": "us", "devices": 4, "tooFew": true}]},
            "worst": {"region": {"value": "eu", "weightedMean": 0.8, "gap": 0.1}}}]}\
        """;

    @Test
    void createsAnEvaluation() {
        coordinator.on("POST /evaluations", EVALUATION);

        assertThat(cli.run(
                        "evaluations",
                        "create",
                        "--model",
                        "digits",
                        "--version",
                        "@candidate",
                        "--number",
                        "500",
                        "--min",
                        "20",
                        "--time",
                        "2h",
                        "--breakdown",
                        "region,model"))
                .as(cli.err())
                .isZero();
        assertThat(coordinator.requests().get(0).body())
                .isEqualTo("{\"model\":\"digits\",\"version\":\"@candidate\",\"devices\":{\"number\":500},"
                        + "\"participants\":{\"min\":20},\"time\":\"PT2H\",\"breakdown\":[\"region\",\"model\"]}");
        assertThat(cli.out()).contains("evenkeel evaluations show check");
    }

    @Test
    void showsStatisticsAndTheWorstGroup() {
        coordinator
                .on("GET /evaluations/check", EVALUATION)
                .on("GET /evaluations?limit=100", "[" + EVALUATION + "]")
                .on("POST /evaluations/check/cancel", EVALUATION);

        assertThat(cli.run("evaluations", "show", "check")).isZero();
        assertThat(cli.out())
                .contains("check  open  model digits version 3  12 results")
                .containsPattern("accuracy +all +12 +0.9000 +0.8500 +0.1000 +0.5000 +0.9500")
                .containsPattern("region=eu +8 +0.8000 +0.7000 +0.000 +0.5000 +1.000 ")
                .containsPattern("region=us +4 +- +- +- +- +-");
        assertThat(cli.run("evaluations", "list")).isZero();
        assertThat(cli.out()).containsPattern("check +open +model digits version 3 +12");
        assertThat(cli.run("evaluations", "cancel", "check", "--yes")).isZero();
    }
}
