package io.evenkeel.coordinator.event;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The table {@code run_refusal} of refused messages. Works in the caller's transaction. */
@Component
public class RefusalTable {

    /** The refused messages of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "run_refusal",
            "run_id",
            "FROM run_refusal t WHERE t.run_id = ? ORDER BY t.reason",
            text("reason"),
            whole("messages"));

    private final JdbcClient jdbc;

    RefusalTable(JdbcTemplate template) {
        this.jdbc = JdbcClient.create(template);
    }

    /**
     * Adds to the number of a run's refused messages, unless the run was deleted. Not for use inside a
     * transaction, since two replicas may insert the same row.
     */
    void add(long run, String reason, long messages) {
        if (update(run, reason, messages) > 0) {
            return;
        }
        try {
            jdbc.sql("INSERT INTO run_refusal (run_id, reason, messages) VALUES (?, ?, ?)")
                    .params(run, reason, messages)
                    .update();
        } catch (DuplicateKeyException e) {
            // Another replica has just inserted the row.
            update(run, reason, messages);
        } catch (DataIntegrityViolationException e) {
            // The run was deleted in the meantime.
        }
    }

    private int update(long run, String reason, long messages) {
        return jdbc.sql("UPDATE run_refusal SET messages = messages + ? WHERE run_id = ? AND reason = ?")
                .params(messages, run, reason)
                .update();
    }

    /** Returns the numbers of refused messages, by run and reason; omits runs without any. */
    Map<Long, Map<String, Long>> of(Collection<Long> runs) {
        Map<Long, Map<String, Long>> all = new HashMap<>();
        jdbc.sql("SELECT f.run_id, f.reason, f.messages FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS wanted(run)"
                        + " JOIN run_refusal f ON f.run_id = wanted.run")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .query(row -> {
                    all.computeIfAbsent(row.getLong(1), key -> new TreeMap<>()).put(row.getString(2), row.getLong(3));
                });
        return all;
    }
}
