package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.chain.ContentHash;
import io.evenkeel.engine.definition.FieldChange;
import io.evenkeel.engine.definition.Revision;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code run_revision}. Works in the caller's transaction, under the run's lock where it writes. */
@Component
public class RevisionTable {

    /** The revisions of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "run_revision",
            "run_id",
            "FROM run_revision t WHERE t.run_id = ? ORDER BY t.revision",
            whole("revision"),
            whole("from_round"),
            time("changed_at"),
            text("changed_by"),
            text("reason"),
            text("changes"));

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RevisionTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Inserts a revision. */
    public void insert(long run, Revision revision) {
        jdbc.sql("INSERT INTO run_revision (run_id, revision, from_round, changed_at, changed_by, reason, changes)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .param(run)
                .param(revision.number())
                .param(revision.fromRound())
                .param(Timestamps.of(revision.changedAt()))
                .param(revision.changedBy())
                .param(revision.reason())
                .param(json.writeValueAsString(revision.changes()))
                .update();
    }

    /** Returns a run's revisions in order. */
    public List<Revision> list(long run) {
        return jdbc.sql("SELECT revision, from_round, changed_at, changed_by, reason, changes FROM run_revision"
                        + " WHERE run_id = ? ORDER BY revision")
                .param(run)
                .query((row, i) -> revision(row))
                .list();
    }

    /**
     * A revision as it is stored.
     *
     * @param number its number
     * @param fromRound the first round that follows it; an extension of the open round makes it earlier
     * @param content hash of everything else
     */
    record Stored(int number, int fromRound, String content) {}

    /** Returns a run's stored revisions in order. */
    List<Stored> stored(long run) {
        return jdbc.sql("SELECT revision, from_round, changed_at, changed_by, reason, changes FROM run_revision"
                        + " WHERE run_id = ? ORDER BY revision")
                .param(run)
                .query((row, i) -> new Stored(
                        row.getInt(1),
                        row.getInt(2),
                        new ContentHash()
                                .add(
                                        row.getInt(1),
                                        Timestamps.get(row, 3),
                                        row.getString(4),
                                        row.getString(5),
                                        row.getString(6))
                                .hex()))
                .list();
    }

    /** Applies the revisions that wait for the next round to an open round that is extended. */
    void bringForward(long run, int round) {
        jdbc.sql("UPDATE run_revision SET from_round = ? WHERE run_id = ? AND from_round > ?")
                .params(round, run, round)
                .update();
    }

    private Revision revision(ResultSet row) throws SQLException {
        return new Revision(
                row.getInt(1),
                row.getInt(2),
                Timestamps.get(row, 3),
                row.getString(4),
                row.getString(5),
                json.readValue(row.getString(6), new TypeReference<List<FieldChange>>() {}));
    }
}
