package io.evenkeel.coordinator.round.record;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.engine.round.RoundRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Thins a run's closed rounds in the database: rounds are divided into sections of equal length, and each keeps the
 * rounds with the smallest and the largest loss, so that spikes stay visible. Complete sections never change and are
 * cached, so a request reads only the rounds closed since the last request. Thread-safe.
 */
@Component
class ThinnedRounds {

    /** About 10 MB. */
    private static final int REMEMBERED_ROUNDS = 20_000;

    // Runs without losses are thinned by the norm of the direction.
    private static final String EXTREMES = """
            SELECT %s, uplink_total, downlink_total, dense_total, lowest = 1 OR highest = 1 AS extreme FROM (
              SELECT t.*,
                ROW_NUMBER() OVER (PARTITION BY t.section ORDER BY t.height, t.round_number) AS lowest,
                ROW_NUMBER() OVER (PARTITION BY t.section ORDER BY t.height DESC, t.round_number) AS highest
              FROM (
                SELECT r.*,
                  COALESCE(r.loss, r.direction_norm) AS height,
                  r.round_number / :length AS section,
                  SUM(r.uplink_bytes) OVER (ORDER BY r.round_number) AS uplink_total,
                  SUM(r.downlink_bytes) OVER (ORDER BY r.round_number) AS downlink_total,
                  SUM(r.dense_bytes) OVER (ORDER BY r.round_number) AS dense_total
                FROM round_record r WHERE r.run_id = :run AND r.round_number BETWEEN :from AND :to) t) picked
            WHERE picked.lowest = 1 OR picked.highest = 1 OR picked.round_number IN (:first, :to)
            ORDER BY picked.round_number
            """.formatted(RoundRecords.COLUMNS);

    private final JdbcClient jdbc;
    private final RoundRecords records;
    private final Cache<Key, Sections> remembered = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_ROUNDS)
            .weigher((Key key, Sections sections) -> sections.rounds().size())
            .build();

    ThinnedRounds(JdbcClient jdbc, RoundRecords records) {
        this.jdbc = jdbc;
        this.records = records;
    }

    /**
     * A closed round with the totals up to it.
     *
     * @param record its record
     * @param totals the totals of all rounds up to it
     */
    record Point(RoundRecord record, Totals totals) {}

    /**
     * The totals of all rounds up to a given one.
     *
     * @param uplink the bytes of the messages
     * @param downlink the bytes of models, updates and replicas
     * @param dense the bytes of the messages if they were uncompressed
     * @param tokens the tokens that the devices trained on
     */
    record Totals(long uplink, long downlink, long dense, double tokens) {

        static final Totals NONE = new Totals(0, 0, 0, 0);

        Totals plusTokens(double more) {
            return new Totals(uplink, downlink, dense, tokens + more);
        }

        Totals plus(Totals other) {
            return new Totals(
                    uplink + other.uplink, downlink + other.downlink, dense + other.dense, tokens + other.tokens);
        }
    }

    private record Key(long run, int length) {}

    /** A summary of complete sections. The next section starts with {@code next}; the totals cover all rounds before it. */
    private record Sections(List<Point> rounds, int next, Totals totals) {

        Sections and(Sections more) {
            List<Point> all = new ArrayList<>(rounds);
            all.addAll(more.rounds);
            return new Sections(List.copyOf(all), more.next, more.totals);
        }
    }

    /**
     * Returns some of a run's rounds in order: the first, the last, and the extremes of each section.
     *
     * @param first the first closed round
     * @param last the last closed round
     * @param points how many rounds to return at most, at least 4
     */
    List<Point> of(long run, int first, int last, int points) {
        int length = length(first, last, points);
        Key key = new Key(run, length);
        Sections known = remembered.getIfPresent(key);
        Sections complete = known == null ? new Sections(List.of(), first, Totals.NONE) : known;
        int open = (last + 1) / length * length;
        if (complete.next() < open) {
            complete = complete.and(read(key, first, complete, open - 1, false));
            remembered.put(key, complete);
        }
        return open > last
                ? closedBy(key, complete, last)
                : complete.and(read(key, first, complete, last, true)).rounds();
    }

    /** Returns complete sections and, unless it is one of their extremes, the last round. */
    private List<Point> closedBy(Key key, Sections complete, int last) {
        List<Point> rounds = complete.rounds();
        if (rounds.get(rounds.size() - 1).record().round() == last) {
            return rounds;
        }
        List<Point> all = new ArrayList<>(rounds);
        records.find(key.run(), last).ifPresent(record -> all.add(new Point(record, complete.totals())));
        return all;
    }

    /** Returns a power of two, so that sections stay the same while a run continues; 1 if all rounds fit. */
    private static int length(int first, int last, int points) {
        if (last - first < points) {
            return 1;
        }
        int length = 2;
        while (2 * (last / length - first / length + 1) > points - 2) {
            length *= 2;
        }
        return length;
    }

    /** Reads the sections after the cached ones, up to a round. */
    private Sections read(Key key, int first, Sections known, int to, boolean withLast) {
        List<Point> rounds = new ArrayList<>();
        Totals[] total = {known.totals()};
        jdbc.sql(EXTREMES)
                .param("run", key.run())
                .param("length", key.length())
                .param("first", first)
                .param("from", known.next())
                .param("to", to)
                .query(row -> {
                    total[0] = known.totals().plus(bytes(row));
                    RoundRecord record = records.record(row);
                    if (row.getBoolean("extreme") || record.round() == first || (withLast && record.round() == to)) {
                        rounds.add(new Point(record, total[0]));
                    }
                });
        return withTokens(key.run(), known.next(), new Sections(rounds, to + 1, total[0]));
    }

    private static Totals bytes(ResultSet row) throws SQLException {
        return new Totals(row.getLong("uplink_total"), row.getLong("downlink_total"), row.getLong("dense_total"), 0);
    }

    /**
     * Adds the tokens since a round to the totals of sections. They are in JSON, which the two databases cannot sum
     * with the same query.
     */
    private Sections withTokens(long run, int from, Sections sections) {
        NavigableMap<Integer, Double> between = new TreeMap<>();
        sections.rounds().forEach(point -> between.put(point.record().round(), 0.0));
        between.put(sections.next() - 1, 0.0);
        records.tokens(
                run,
                from,
                sections.next() - 1,
                (round, tokens) ->
                        between.merge(Objects.requireNonNull(between.ceilingKey(round)), tokens, Double::sum));
        double[] sum = {0};
        between.replaceAll((round, tokens) -> sum[0] += tokens);
        return new Sections(
                sections.rounds().stream()
                        .map(point -> new Point(
                                point.record(),
                                point.totals()
                                        .plusTokens(between.getOrDefault(
                                                point.record().round(), 0.0))))
                        .toList(),
                sections.next(),
                sections.totals().plusTokens(sum[0]));
    }
}
