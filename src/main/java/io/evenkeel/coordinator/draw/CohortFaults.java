package io.evenkeel.coordinator.draw;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The table {@code cohort_fault}: the members that were at fault in cohorts of secure aggregation. A device with faults
 * in two rounds is excluded from later ones. Works in the caller's transaction.
 */
@Component
public class CohortFaults {

    /** The faults of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "cohort_fault",
            "run_id",
            "FROM cohort_fault t WHERE t.run_id = ? ORDER BY t.round_number, t.ordinal",
            whole("round_number"),
            whole("ordinal"),
            text("identity"));

    /**
     * The number of faults after which a device is excluded; a single fault may be an accident, such as
     * damaged memory.
     */
    private static final int ROUNDS_TO_LEAVE_OUT = 2;

    private static final String LEFT_OUT =
            "SELECT identity FROM cohort_fault WHERE run_id = ? GROUP BY identity HAVING COUNT(*) >= "
                    + ROUNDS_TO_LEAVE_OUT;

    private final JdbcClient jdbc;

    CohortFaults(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Records that a member was at fault in a round.
     *
     * @param identity the device's public key, hex
     */
    public void put(long run, int round, int ordinal, String identity) {
        jdbc.sql("INSERT INTO cohort_fault (run_id, round_number, ordinal, identity) VALUES (?, ?, ?, ?)")
                .params(run, round, ordinal, identity)
                .update();
    }

    /** Returns the ordinals of the excluded members. */
    public BitSet leftOut(long run) {
        BitSet ordinals = new BitSet();
        jdbc.sql("SELECT ordinal FROM cohort_fault WHERE run_id = ? AND identity IN (" + LEFT_OUT + ")")
                .params(run, run)
                .query(row -> {
                    ordinals.set(row.getInt(1));
                });
        return ordinals;
    }

    /** Returns how many devices are excluded from each of the given runs; omits runs without any. */
    public Map<Long, Integer> leftOut(Collection<Long> runs) {
        Map<Long, Integer> counts = new HashMap<>();
        jdbc.sql("SELECT run_id, COUNT(*) FROM (SELECT run_id, identity FROM cohort_fault"
                        + " WHERE run_id IN (SELECT * FROM UNNEST(CAST(? AS BIGINT ARRAY))) GROUP BY run_id, identity"
                        + " HAVING COUNT(*) >= " + ROUNDS_TO_LEAVE_OUT + ") AS devices GROUP BY run_id")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .query(row -> {
                    counts.put(row.getLong(1), row.getInt(2));
                });
        return counts;
    }

    /** Returns whether a fault of a device in a round is recorded. */
    public boolean has(long run, int round, String identity) {
        return jdbc.sql("SELECT COUNT(*) FROM cohort_fault WHERE run_id = ? AND round_number = ? AND identity = ?")
                        .params(run, round, identity)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** Returns the excluded devices. */
    public Set<String> identitiesLeftOut(long run) {
        return Set.copyOf(jdbc.sql(LEFT_OUT).param(run).query(String.class).list());
    }

    /** Returns whether a device is excluded, even if it has joined again since. */
    public boolean isLeftOut(long run, String identity) {
        return identitiesLeftOut(run).contains(identity);
    }
}
