package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.platform.time.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code replica}. Heartbeats use the database's clock, so the clocks of hosts need not agree. */
@Component
class ReplicaTable {

    private final JdbcClient jdbc;

    ReplicaTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records a heartbeat. */
    void beat(ReplicaView replica) {
        int known = jdbc.sql("UPDATE replica SET seen_at = CURRENT_TIMESTAMP WHERE name = ?")
                .param(replica.name())
                .update();
        if (known == 0) {
            jdbc.sql("INSERT INTO replica (name, version, java, started_at, seen_at)"
                            + " VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)")
                    .param(replica.name())
                    .param(replica.version())
                    .param(replica.java())
                    .param(Timestamps.of(replica.startedAt()))
                    .update();
        }
    }

    /** Removes a replica that is stopping. */
    void remove(String name) {
        jdbc.sql("DELETE FROM replica WHERE name = ?").param(name).update();
    }

    /** Removes replicas whose last heartbeat is older than a limit. */
    void prune(Duration age) {
        jdbc.sql("DELETE FROM replica WHERE seen_at < CURRENT_TIMESTAMP - INTERVAL '" + age.toHours() + "' HOUR")
                .update();
    }

    /**
     * Returns all replicas in the order of their names.
     *
     * @param silence the maximum age of the last heartbeat of a live replica
     */
    List<ReplicaView> all(Duration silence) {
        return jdbc.sql("SELECT name, version, java, started_at, seen_at, CURRENT_TIMESTAMP AS now FROM replica"
                        + " ORDER BY name")
                .query((row, i) -> replica(row, silence))
                .list();
    }

    private static ReplicaView replica(ResultSet row, Duration silence) throws SQLException {
        Instant seen = Timestamps.get(row, "seen_at");
        return new ReplicaView(
                row.getString("name"),
                row.getString("version"),
                row.getString("java"),
                Timestamps.get(row, "started_at"),
                seen,
                seen.plus(silence).isAfter(Timestamps.get(row, "now")));
    }
}
