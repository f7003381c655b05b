package io.evenkeel.coordinator.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.OnPostgres;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@OnPostgres
@Tag("full")
class SystemOnPostgresTest extends SystemTest {

    @Test
    void showsAReplicaThatDiedForADay() {
        dead("crashed:1:1", "2 minutes");
        dead("crashed:2:2", "25 hours");
        ReplicaTable table = new ReplicaTable(JdbcClient.create(jdbc));
        table.prune(Duration.ofHours(24));
        assertThat(system().path("replicas"))
                .anyMatch(one -> one.path("name").asString().equals("crashed:1:1")
                        && !one.path("alive").asBoolean())
                .noneMatch(one -> one.path("name").asString().equals("crashed:2:2"));
        table.remove("crashed:1:1");
        assertThat(system().path("replicas"))
                .noneMatch(one -> one.path("name").asString().equals("crashed:1:1"));
    }

    @Test
    void reportsSettingsThatCanLoseMessages() {
        List<String> off = Stream.of("fsync", "synchronous_commit")
                .filter(setting -> "off".equals(jdbc.queryForObject("SHOW " + setting, String.class)))
                .toList();
        assertThat(off)
                .as("the tests' server is configured for speed, not durability")
                .isNotEmpty();
        List<String> warnings =
                system().path("warnings").valueStream().map(JsonNode::asString).toList();
        assertThat(warnings).hasSameSizeAs(off);
        for (int i = 0; i < off.size(); i++) {
            assertThat(warnings.get(i)).startsWith("PostgreSQL's " + off.get(i) + " is off: ");
        }
    }

    private void dead(String name, String ago) {
        jdbc.update(
                "INSERT INTO replica (name, version, java, started_at, seen_at) VALUES (?, '1', '17',"
                        + " CURRENT_TIMESTAMP, CURRENT_TIMESTAMP - INTERVAL '" + ago + "')",
                name);
    }
}
