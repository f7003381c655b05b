package io.evenkeel.cli.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExperimentCommandsTest extends StubFixture {

    private static final String EXPERIMENT = """
        {"name": "ab", "state": "running", "assignment": "split", "share": 0.05, "seed": "ab", "createdBy": "alice",
         "createdAt": "2026-01-31T11:00:00Z", "arms": [
           {"name": "control", "run": "ab-control", "patch": {}, "state": "running", "round": 3, "rounds": 20,
            "members": 4},
           {"name": "normalized", "run": "ab-normalized", "patch": {"algorithm": "ef21-norm"}, "state": "failed",
            "round": 2, "rounds": 20, "members": 5, "message": "diverged"}]}\
        """;

    @Test
    void createsAnExperimentFromAFile() throws IOException {
        coordinator.on("POST /experiments", EXPERIMENT);
        Path file = Files.writeString(folder.resolve("ab.yaml"), """
            name: x
            definition: {dimension: 6}
            arms: {control: {}, normalized: {algorithm: ef21-norm}}
            """);

        assertThat(cli.run("experiments", "create", "-f", file.toString(), "--name", "ab", "--share", "0.05"))
                .as(cli.err())
                .isZero();
        assertThat(coordinator.requests().get(0).body())
                .isEqualTo("{\"name\":\"ab\",\"definition\":{\"dimension\":6},\"arms\":{\"control\":{},\"normalized\":"
                        + "{\"algorithm\":\"ef21-norm\"}},\"share\":0.05}");
        assertThat(cli.out()).contains("evenkeel experiments start ab --wait");
    }

    @Test
    void showsWhereTheArmsStand() {
        coordinator.on("GET /experiments/ab", EXPERIMENT).on("GET /experiments?limit=100", "[" + EXPERIMENT + "]");

        assertThat(cli.run("experiments", "show", "ab")).isZero();
        assertThat(cli.out())
                .contains("ab  running  5.000% of the devices, each in one arm")
                .containsPattern("control +ab-control +running +3/20 +4 +-")
                .containsPattern("normalized +ab-normalized +failed +2/20 +5 ");
        assertThat(cli.run("experiments", "list")).isZero();
        assertThat(cli.out()).containsPattern("ab +running +control, normalized +5.000% of");
    }

    @Test
    void startsStopsAndDeletes() {
        coordinator
                .on("POST /experiments/ab/start", EXPERIMENT)
                .on("POST /experiments/ab/stop", EXPERIMENT)
                .on("DELETE /experiments/ab", 204, "", Map.of());

        assertThat(cli.run("experiments", "start", "ab")).isZero();
        assertThat(cli.run("experiments", "stop", "ab")).isEqualTo(2);
        assertThat(cli.run("experiments", "stop", "ab", "--yes")).isZero();
        assertThat(cli.run("experiments", "delete", "ab", "--yes")).isZero();
        assertThat(cli.out()).contains("experiment ab is deleted; its runs stay");
    }
}
