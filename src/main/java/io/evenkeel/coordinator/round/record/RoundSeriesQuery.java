package io.evenkeel.coordinator.round.record;

import io.evenkeel.engine.round.RoundRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the curves of a run's closed rounds. Thread-safe. */
@Component
class RoundSeriesQuery {

    private final JdbcClient jdbc;
    private final ThinnedRounds rounds;

    RoundSeriesQuery(JdbcClient jdbc, ThinnedRounds rounds) {
        this.jdbc = jdbc;
        this.rounds = rounds;
    }

    /**
     * The range of a run's closed rounds.
     *
     * @param count the number of rounds
     * @param first the first of them, 0 if there is none
     * @param last the last of them, 0 if there is none
     */
    record Extent(int count, int first, int last) {}

    Extent extent(long run) {
        return end(run, "ASC")
                .flatMap(first -> end(run, "DESC").map(last -> new Extent(last - first + 1, first, last)))
                .orElse(new Extent(0, 0, 0));
    }

    // Uses two searches in the index. H2 would read all of a run's rounds for MIN and MAX.
    private Optional<Integer> end(long run, String order) {
        return jdbc.sql("SELECT round_number FROM round_record WHERE run_id = ? ORDER BY round_number " + order
                        + " FETCH FIRST 1 ROW ONLY")
                .param(run)
                .query(Integer.class)
                .optional();
    }

    /**
     * Reads the curves up to the last round of a range.
     *
     * @param points how many rounds to list at most, at least 4
     */
    RoundSeries series(long run, Extent extent, int points) {
        Columns columns = new Columns();
        if (extent.count() > 0) {
            rounds.of(run, extent.first(), extent.last(), points).forEach(columns::add);
        }
        return columns.series(extent.count());
    }

    /** Collects rounds into columns. */
    private static final class Columns {

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
        private final List<@Nullable Double> epsilon = new ArrayList<>();
        private final List<Double> tokens = new ArrayList<>();
        private final Map<String, List<@Nullable Double>> byMetric = new TreeMap<>();
        private @Nullable Instant start;

        void add(ThinnedRounds.Point point) {
            RoundRecord record = point.record();
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
            uplink.add(point.totals().uplink());
            downlink.add(point.totals().downlink());
            dense.add(point.totals().dense());
            smoothnessMax.add(record.smoothnessMax());
            epsilon.add(record.epsilon());
            tokens.add(point.totals().tokens());
            record.metrics().forEach((name, value) -> metric(name).add(value));
            round.add(record.round());
            byMetric.values().forEach(this::fill);
        }

        /** Returns a metric's column, padded up to the current row. */
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
                    epsilon,
                    tokens,
                    byMetric);
        }
    }
}
