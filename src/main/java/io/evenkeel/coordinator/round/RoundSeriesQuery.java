package io.evenkeel.coordinator.round;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the curves of a run's closed rounds, thinned in the database: rounds are cut into sections of equal length, and each keeps the
 * rounds with the smallest and the largest loss, so that spikes stay visible. Thread-safe.
 */
@Component
class RoundSeriesQuery {

    // Runs without losses are thinned by the direction's length.
    private static final String THINNED = """
            SELECT %s, uplink_total, downlink_total, dense_total FROM (
              SELECT t.*,
                ROW_NUMBER() OVER (PARTITION BY t.section ORDER BY t.height, t.round_number) AS lowest,
                ROW_NUMBER() OVER (PARTITION BY t.section ORDER BY t.height DESC, t.round_number) AS highest
              FROM (
                SELECT r.*,
                  COALESCE(r.loss, r.direction_norm) AS height,
                  (r.round_number - :first) / :length AS section,
                  SUM(r.uplink_bytes) OVER (ORDER BY r.round_number) AS uplink_total,
                  SUM(r.downlink_bytes) OVER (ORDER BY r.round_number) AS downlink_total,
                  SUM(r.dense_bytes) OVER (ORDER BY r.round_number) AS dense_total
                FROM round_record r WHERE r.run_id = :run AND r.round_number <= :last) t) picked
            WHERE picked.lowest = 1 OR picked.highest = 1 OR picked.round_number IN (:first, :last)
            ORDER BY picked.round_number
            """.formatted(RoundRecords.COLUMNS);

    private final JdbcClient jdbc;
    private final RoundRecords records;

    RoundSeriesQuery(JdbcTemplate jdbc, RoundRecords records) {
        this.jdbc = JdbcClient.create(jdbc);
        this.records = records;
    }

    /**
     * Which rounds of a run are closed.
     *
     * @param count how many
     * @param first the first of them, 0 if there is none
     * @param last the last of them, 0 if there is none
     */
    record Extent(int count, int first, int last) {}

    Extent extent(long run) {
        return jdbc.sql("SELECT COUNT(*), COALESCE(MIN(round_number), 0), COALESCE(MAX(round_number), 0)"
                        + " FROM round_record WHERE run_id = ?")
                .param(run)
                .query((row, i) -> new Extent(row.getInt(1), row.getInt(2), row.getInt(3)))
                .single();
    }

    /**
     * Reads the curves up to the last round of an extent.
     *
     * @param points how many rounds to list at most, at least 4
     */
    RoundSeries series(long run, Extent extent, int points) {
        int sections = (points - 2) / 2;
        int span = extent.last() - extent.first() + 1;
        int length = extent.count() <= points ? 1 : (span + sections - 1) / sections;
        Columns columns = new Columns();
        jdbc.sql(THINNED)
                .param("run", run)
                .param("first", extent.first())
                .param("last", extent.last())
                .param("length", length)
                .query(columns::add);
        return columns.series(extent.count());
    }

    /** Gathers rows into columns. */
    private final class Columns {

        private final List<Integer> round = new ArrayList<>();
        private final List<Double> seconds = new ArrayList<>();
        private final List<@Nullable Double> loss = new ArrayList<>();
        private final List<Double> directionNorm = new ArrayList<>();
        private final List<Double> gamma = new ArrayList<>();
        private final List<Integer> participants = new ArrayList<>();
        private final List<Integer> sampled = new ArrayList<>();
        private final List<Integer> members = new ArrayList<>();
        private final List<Long> uplink = new ArrayList<>();
        private final List<Long> downlink = new ArrayList<>();
        private final List<Long> dense = new ArrayList<>();
        private final List<@Nullable Double> smoothnessMax = new ArrayList<>();
        private final Map<String, List<@Nullable Double>> byMetric = new TreeMap<>();
        private @Nullable Instant start;

        void add(ResultSet row) throws SQLException {
            RoundRecord record = records.record(row);
            if (start == null) {
                start = record.openedAt();
            }
            seconds.add(Duration.between(start, record.closedAt()).toMillis() / 1000.0);
            loss.add(record.loss());
            directionNorm.add(record.directionNorm());
            gamma.add(record.gamma());
            participants.add(record.participants());
            sampled.add(record.sampled());
            members.add(record.members());
            uplink.add(row.getLong("uplink_total"));
            downlink.add(row.getLong("downlink_total"));
            dense.add(row.getLong("dense_total"));
            smoothnessMax.add(record.smoothnessMax());
            record.metrics().forEach((name, value) -> metric(name).add(value));
            round.add(record.round());
            byMetric.values().forEach(this::fill);
        }

        /** Returns a metric's column, filled up to the row at hand. */
        private List<@Nullable Double> metric(String name) {
            return byMetric.computeIfAbsent(name, key -> new ArrayList<>(Collections.nCopies(round.size(), null)));
        }

        private void fill(List<@Nullable Double> column) {
            if (column.size() < round.size()) {
                column.add(null);
            }
        }

        RoundSeries series(int closed) {
            return new RoundSeries(
                    closed,
                    round.size() < closed,
                    round,
                    seconds,
                    loss,
                    directionNorm,
                    gamma,
                    participants,
                    sampled,
                    members,
                    uplink,
                    downlink,
                    dense,
                    smoothnessMax,
                    byMetric);
        }
    }
}
