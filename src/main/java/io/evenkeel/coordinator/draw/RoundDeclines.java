package io.evenkeel.coordinator.draw;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.draw.DeclineCause;
import java.time.Instant;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code round_decline}: the members that declined to take part in rounds. Works in the caller's transaction.
 */
@Component
public class RoundDeclines {

    /** The members that declined rounds of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "round_decline",
                    "run_id",
                    "FROM round_decline t WHERE t.run_id = ? ORDER BY t.round_number, t.ordinal",
                    whole("round_number"),
                    whole("ordinal"),
                    text("reason"),
                    time("declined_at"))
            .verifiedBy(row -> row.isNamed("reason", DeclineCause.class));

    private final JdbcClient jdbc;

    RoundDeclines(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records that a member declines; a later reason replaces an earlier one. The caller has locked the run. */
    public void put(long run, int round, int ordinal, DeclineCause reason, Instant now) {
        jdbc.sql("DELETE FROM round_decline WHERE run_id = ? AND round_number = ? AND ordinal = ?")
                .params(run, round, ordinal)
                .update();
        jdbc.sql("INSERT INTO round_decline (run_id, round_number, ordinal, reason, declined_at) VALUES (?, ?,"
                        + " ?, ?, ?)")
                .params(run, round, ordinal, reason.name(), Timestamps.of(now))
                .update();
    }

    /** Returns the ordinals of the members that declined a round. */
    public BitSet members(long run, int round) {
        BitSet ordinals = new BitSet();
        jdbc.sql("SELECT ordinal FROM round_decline WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .query(row -> {
                    ordinals.set(row.getInt(1));
                });
        return ordinals;
    }

    /** Returns whether a member declined a round. */
    public boolean has(long run, int round, int ordinal) {
        return !jdbc.sql("SELECT ordinal FROM round_decline WHERE run_id = ? AND round_number = ? AND ordinal = ?")
                .params(run, round, ordinal)
                .query(Integer.class)
                .list()
                .isEmpty();
    }

    /** Returns how many members declined a round, by reason; reasons without members are left out. */
    public Map<DeclineCause, Long> reasons(long run, int round) {
        Map<DeclineCause, Long> reasons = new EnumMap<>(DeclineCause.class);
        jdbc.sql("SELECT reason, COUNT(*) FROM round_decline WHERE run_id = ? AND round_number = ? GROUP BY reason")
                .params(run, round)
                .query(row -> {
                    reasons.put(DeclineCause.valueOf(row.getString(1)), row.getLong(2));
                });
        return reasons;
    }
}
