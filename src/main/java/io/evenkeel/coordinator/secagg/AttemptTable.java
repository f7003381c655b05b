package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code secagg_attempt}. Works in the caller's transaction; changes need the run's lock. */
@Component
public class AttemptTable {

    /**
     * The attempts of a run; the query's parameter is the run's key. An active attempt is exported with its members'
     * frames, so that the cohort can continue. Another attempt after the first reveal would let a coordinator learn
     * more than a sum.
     */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "secagg_attempt",
                    "run_id",
                    "FROM secagg_attempt t WHERE t.run_id = ? ORDER BY t.round_number, t.attempt",
                    whole("round_number"),
                    whole("attempt"),
                    text("phase"),
                    time("phase_since"),
                    whole("threshold"),
                    whole("advertised"),
                    whole("sharing"),
                    whole("masked"),
                    whole("revealed"),
                    text("reason"))
            .verifiedBy(row -> row.isNamed("phase", AttemptPhase.class));

    private static final String COLUMNS =
            "id, run_id, round_number, attempt, phase, phase_since, threshold, advertised, sharing, masked, revealed";

    private static final int MAX_REASON_LENGTH = 500;

    private final JdbcClient jdbc;

    AttemptTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns an attempt; empty if no device has requested it yet. */
    public Optional<Attempt> find(long run, int round, int number) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM secagg_attempt WHERE run_id = ? AND round_number = ? AND attempt = ?")
                .params(run, round, number)
                .query((row, i) -> read(row))
                .optional();
    }

    /** Returns a run's unfinished attempt; empty if there is none. */
    Optional<Attempt> findOpen(long run) {
        return jdbc.sql("SELECT " + COLUMNS
                        + " FROM secagg_attempt WHERE run_id = ? AND phase NOT IN ('DONE', 'FAILED')")
                .param(run)
                .query((row, i) -> read(row))
                .optional();
    }

    /** Returns an attempt; starts it if it does not exist. */
    Attempt findOrBegin(long run, int round, int number, Instant now) {
        return find(run, round, number).orElseGet(() -> {
            jdbc.sql("INSERT INTO secagg_attempt (run_id, round_number, attempt, phase, phase_since,"
                            + " threshold, advertised, sharing, masked, revealed) VALUES"
                            + " (?, ?, ?, 'KEYS', ?, 0, 0, 0, 0, 0)")
                    .params(run, round, number, Timestamps.of(now))
                    .update();
            return find(run, round, number).orElseThrow();
        });
    }

    /** Returns the number of attempts of a round in which members sent masked vectors. */
    int countMasked(long run, int round) {
        return jdbc.sql("SELECT COUNT(*) FROM secagg_attempt WHERE run_id = ? AND round_number = ? AND masked > 0")
                .params(run, round)
                .query(Integer.class)
                .single();
    }

    /** Counts a member that has taken the current step of an attempt. */
    void count(Attempt attempt) {
        String column = switch (attempt.phase()) {
            case KEYS -> "advertised";
            case SHARES -> "sharing";
            case MASKED -> "masked";
            case REVEAL -> "revealed";
            case DONE, FAILED -> throw new IllegalStateException("attempt " + attempt.id() + " is over");
        };
        jdbc.sql("UPDATE secagg_attempt SET " + column + " = " + column + " + 1 WHERE id = ?")
                .param(attempt.id())
                .update();
    }

    /** Ends the first step: the cohort is complete. */
    void beginShares(long id, int members, int threshold, Instant now) {
        jdbc.sql("UPDATE secagg_attempt SET phase = 'SHARES', phase_since = ?, advertised = ?, threshold = ?"
                        + " WHERE id = ?")
                .params(Timestamps.of(now), members, threshold, id)
                .update();
    }

    /** Ends the second step. */
    void beginMasked(long id, Instant now) {
        move(id, AttemptPhase.MASKED, now, null);
    }

    /** Ends the third step: the members of the sum are fixed. */
    void beginReveal(long id, Instant now) {
        move(id, AttemptPhase.REVEAL, now, null);
    }

    /** Ends an attempt with a sum. */
    void complete(long id, Instant now) {
        move(id, AttemptPhase.DONE, now, null);
    }

    /** Ends an attempt without a sum. */
    void fail(long id, Instant now, String why) {
        move(
                id,
                AttemptPhase.FAILED,
                now,
                why.length() > MAX_REASON_LENGTH ? why.substring(0, MAX_REASON_LENGTH) : why);
    }

    private void move(long id, AttemptPhase phase, Instant now, @Nullable String reason) {
        jdbc.sql("UPDATE secagg_attempt SET phase = ?, phase_since = ?, reason = ? WHERE id = ?")
                .param(phase.name())
                .param(Timestamps.of(now))
                .param(reason)
                .param(id)
                .update();
    }

    /** Deletes all attempts of a run, with the members' frames, and returns the number of attempts. */
    public int delete(long run) {
        jdbc.sql("DELETE FROM secagg_member WHERE attempt_id IN (SELECT id FROM secagg_attempt WHERE run_id = ?)")
                .param(run)
                .update();
        return jdbc.sql("DELETE FROM secagg_attempt WHERE run_id = ?")
                .param(run)
                .update();
    }

    /** Deletes the attempts of all rounds before a given one, which are over, and returns their number. */
    public int deleteBefore(long run, int round) {
        return jdbc.sql("DELETE FROM secagg_attempt WHERE run_id = ? AND round_number < ?")
                .params(run, round)
                .update();
    }

    private static Attempt read(ResultSet row) throws SQLException {
        return new Attempt(
                row.getLong(1),
                row.getLong(2),
                row.getInt(3),
                row.getInt(4),
                AttemptPhase.valueOf(row.getString(5)),
                Timestamps.get(row, 6),
                row.getInt(7),
                row.getInt(8),
                row.getInt(9),
                row.getInt(10),
                row.getInt(11));
    }
}
