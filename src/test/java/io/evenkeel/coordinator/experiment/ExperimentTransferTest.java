package io.evenkeel.coordinator.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnlyInCi
class ExperimentTransferTest {

    @Test
    void armsKeepTheirDevicesThroughRestartAndTransfer(@TempDir Path folder) {
        try (RestartableCoordinator here = new RestartableCoordinator(folder.resolve("here"));
                RestartableCoordinator there = new RestartableCoordinator(folder.resolve("there"))) {
            Http operator = new Http(here::endpoint, CoordinatorTest.OPERATOR_TOKEN);
            operator.postJson("/experiments", """
                {"name": "ab", "definition": {"dimension": 6, "algorithm": "ef21-norm", "rounds": 5},
                 "arms": {"a": {}, "b": {"seed": 2}}, "share": 0.5}\
                """);
            Reply before = operator.get("/experiments/ab");
            here.restart();
            assertThat(operator.get("/experiments/ab").json()).isEqualTo(before.json());

            byte[] file = operator.get("/runs/ab-b/export").body();
            Http other = new Http(there::endpoint, CoordinatorTest.OPERATOR_TOKEN);
            Reply imported = other.post("/import", "application/vnd.evenkeel.export", file);
            assertThat(imported.status()).as(imported.toString()).isEqualTo(201);
            assertThat(other.get("/runs/ab-b").get("devices")).isEqualTo("{part={seed=ab, from=0.25, to=0.5}}");
            assertThat(other.get("/experiments/ab").text())
                    .as("the arm whose run is here")
                    .contains("\"name\":\"b\"")
                    .doesNotContain("\"name\":\"a\"");
            assertThat(other.post("/import", "application/vnd.evenkeel.export", file)
                            .problem())
                    .isEqualTo("name-taken");
        }
    }
}
