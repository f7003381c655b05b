package io.evenkeel.coordinator.round.record;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.flag;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.round.RoundRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code round_record} of closed rounds. Works in the caller's transaction. */
@Component
public class RoundRecords {

    /**
     * The records of a run; the query's parameter is the run's key. {@code smoothness_norm} is not in the file, so the
     * estimate of an imported run starts over.
     */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "round_record",
            "run_id",
            "FROM round_record t WHERE t.run_id = ? ORDER BY t.round_number",
            whole("round_number"),
            time("opened_at"),
            time("closed_at"),
            whole("participants"),
            whole("sampled"),
            whole("members"),
            whole("uplink_bytes"),
            whole("downlink_bytes"),
            whole("dense_bytes"),
            real("loss"),
            real("direction_norm"),
            real("gamma"),
            text("metrics"),
            real("smoothness"),
            real("smoothness_max"),
            whole("extended"),
            flag("stationary"),
            real("epsilon"),
            real("smoothness_norm"));

    /** The name of the loss among the metrics of {@link #metrics}. */
    public static final String LOSS = "loss";

    /** The columns that {@link #record} reads, in its order. */
    static final String COLUMNS = "round_number, opened_at, closed_at, participants, sampled, members, uplink_bytes,"
            + " downlink_bytes, dense_bytes, loss, direction_norm, gamma, metrics, smoothness, smoothness_max,"
            + " smoothness_norm, epsilon, extended, stationary, revision";

    private final JdbcTemplate inserts;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    RoundRecords(JdbcTemplate jdbc, JsonMapper json) {
        this.inserts = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.json = json;
    }

    public void save(long run, RoundRecord record) {
        inserts.update(
                "INSERT INTO round_record (run_id, " + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                run,
                record.round(),
                Timestamps.of(record.openedAt()),
                Timestamps.of(record.closedAt()),
                record.participants(),
                record.sampled(),
                record.members(),
                record.uplinkBytes(),
                record.downlinkBytes(),
                record.denseUplinkBytes(),
                record.loss(),
                record.directionNorm(),
                record.gamma(),
                json.writeValueAsString(record.metrics()),
                record.smoothness(),
                record.smoothnessMax(),
                record.smoothnessNorm(),
                record.epsilon(),
                record.extended(),
                record.stationary(),
                record.revision());
    }

    /** Sets the revision of the rounds of an imported run, starting with a given round. */
    public void setRevision(long run, int from, int revision) {
        inserts.update(
                "UPDATE round_record SET revision = ? WHERE run_id = ? AND round_number >= ?", revision, run, from);
    }

    /** Returns the record of a closed round. */
    public Optional<RoundRecord> find(long run, int round) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM round_record WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .query((row, i) -> record(row))
                .optional();
    }

    /** Returns the opening time of one round for each of some runs, by the run's key; rounds without a record are left out. */
    public Map<Long, Instant> opened(Map<Long, Integer> rounds) {
        Map<Long, Instant> opened = new HashMap<>();
        List<Map.Entry<Long, Integer>> wanted = List.copyOf(rounds.entrySet());
        // Uses an outer join, so that H2 keeps this order of tables.
        jdbc.sql("SELECT r.run_id, r.opened_at"
                        + " FROM UNNEST(CAST(? AS BIGINT ARRAY), CAST(? AS INTEGER ARRAY)) AS wanted(run, number)"
                        + " LEFT JOIN round_record r ON r.run_id = wanted.run AND r.round_number = wanted.number")
                .param(new SqlArrayValue(
                        "BIGINT", wanted.stream().map(Map.Entry::getKey).toArray()))
                .param(new SqlArrayValue(
                        "INTEGER", wanted.stream().map(Map.Entry::getValue).toArray()))
                .query(row -> {
                    if (row.getObject(1) != null) {
                        opened.put(row.getLong(1), Timestamps.get(row, 2));
                    }
                });
        return opened;
    }

    /** Returns how many rounds have a record. */
    public int count(long run) {
        return jdbc.sql("SELECT COUNT(*) FROM round_record WHERE run_id = ?")
                .param(run)
                .query(Integer.class)
                .single();
    }

    /** Returns the record of the round that was closed last. */
    public Optional<RoundRecord> newest(long run) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM round_record WHERE run_id = ? ORDER BY round_number DESC"
                        + " FETCH FIRST 1 ROW ONLY")
                .param(run)
                .query((row, i) -> record(row))
                .optional();
    }

    /**
     * The largest smoothness ratio reported in a round.
     *
     * @param round the round
     * @param norm the gradient's norm reported with it
     * @param ratio the ratio
     */
    record Ratio(int round, double norm, double ratio) {}

    /** Returns the largest ratios of the newest rounds with any, up to a limit, newest first. */
    List<Ratio> newestRatios(long run, int limit) {
        return jdbc.sql("SELECT round_number, smoothness_norm, smoothness_max FROM round_record WHERE run_id = ?"
                        + " AND smoothness_norm IS NOT NULL ORDER BY round_number DESC FETCH FIRST ? ROWS ONLY")
                .params(run, limit)
                .query((row, i) -> new Ratio(row.getInt(1), row.getDouble(2), row.getDouble(3)))
                .list();
    }

    /** Returns records in order, starting at a round, up to a limit. */
    public List<RoundRecord> list(long run, int from, int limit) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM round_record WHERE run_id = ? AND round_number >= ?"
                        + " ORDER BY round_number FETCH FIRST ? ROWS ONLY")
                .params(run, from, limit)
                .query((row, i) -> record(row))
                .list();
    }

    /**
     * A few figures of a closed round.
     *
     * @param run key of the run
     * @param round the round
     * @param closedAt when it closed
     * @param loss mean of the losses reported, null if there were none
     * @param members number of members that took part in the run
     * @param uplinkBytes length of the accepted messages
     * @param denseUplinkBytes length of the messages if they were uncompressed float32
     */
    public record Sample(
            long run,
            int round,
            Instant closedAt,
            @Nullable Double loss,
            int members,
            long uplinkBytes,
            long denseUplinkBytes) {}

    /**
     * Returns figures of some rounds of some runs, ordered by run and round. Looks up each round by the key; rounds without a record are
     * left out.
     *
     * @param rounds the rounds by the run's key
     */
    public List<Sample> samples(Map<Long, ? extends Collection<Integer>> rounds) {
        List<Long> runs = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        rounds.forEach((run, some) -> some.forEach(round -> {
            runs.add(run);
            numbers.add(round);
        }));
        // Uses an outer join, so that H2 keeps this order of tables.
        return jdbc
                .sql("SELECT r.run_id, r.round_number, r.closed_at, r.loss, r.members, r.uplink_bytes, r.dense_bytes"
                        + " FROM UNNEST(CAST(? AS BIGINT ARRAY), CAST(? AS INTEGER ARRAY)) AS wanted(run, number)"
                        + " LEFT JOIN round_record r ON r.run_id = wanted.run AND r.round_number = wanted.number"
                        + " ORDER BY r.run_id, r.round_number")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .param(new SqlArrayValue("INTEGER", numbers.toArray()))
                .query((row, i) -> row.getObject(1) == null
                        ? Optional.<Sample>empty()
                        : Optional.of(new Sample(
                                row.getLong(1),
                                row.getInt(2),
                                Timestamps.get(row, 3),
                                number(row, 4),
                                row.getInt(5),
                                row.getLong(6),
                                row.getLong(7))))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Returns the loss and the metrics of one round of each of some runs, by the run's key; rounds without a record are left out.
     *
     * @param rounds the round by the run's key
     */
    public Map<Long, Map<String, Double>> metrics(Map<Long, Integer> rounds) {
        Map<Long, Map<String, Double>> byRun = new HashMap<>();
        jdbc.sql("SELECT r.run_id, r.loss, r.metrics FROM UNNEST(CAST(? AS BIGINT ARRAY), CAST(? AS INTEGER ARRAY)) AS"
                        + " wanted(run, number) LEFT JOIN round_record r ON r.run_id = wanted.run"
                        + " AND r.round_number = wanted.number WHERE r.run_id IS NOT NULL")
                .param(new SqlArrayValue("BIGINT", rounds.keySet().toArray()))
                .param(new SqlArrayValue("INTEGER", rounds.values().toArray()))
                .query((RowCallbackHandler) row -> {
                    Map<String, Double> metrics = new TreeMap<>(metrics(row.getString(3)));
                    Double loss = number(row, 2);
                    if (loss != null) {
                        metrics.put(LOSS, loss);
                    }
                    byRun.put(row.getLong(1), metrics);
                });
        return byRun;
    }

    /** Passes each round of a range that has tokens, and their number, to a receiver, in no particular order. */
    void tokens(long run, int from, int to, BiConsumer<Integer, Double> consumer) {
        jdbc.sql("SELECT round_number, metrics FROM round_record WHERE run_id = ? AND round_number BETWEEN ? AND ?"
                        + " AND metrics LIKE '%\"" + Report.TOKENS + "\"%'")
                .params(run, from, to)
                .query((RowCallbackHandler) row ->
                        consumer.accept(row.getInt(1), metrics(row.getString(2)).getOrDefault(Report.TOKENS, 0.0)));
    }

    private Map<String, Double> metrics(String text) {
        return json.readValue(text, new TypeReference<Map<String, Double>>() {});
    }

    /** Reads a row that starts with {@link #COLUMNS}. */
    RoundRecord record(ResultSet row) throws SQLException {
        return new RoundRecord(
                row.getInt(1),
                Timestamps.get(row, 2),
                Timestamps.get(row, 3),
                row.getInt(4),
                row.getInt(5),
                row.getInt(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                number(row, 10),
                row.getDouble(11),
                row.getDouble(12),
                metrics(row.getString(13)),
                number(row, 14),
                number(row, 15),
                number(row, 16),
                number(row, 17),
                row.getInt(18),
                row.getBoolean(19),
                row.getInt(20));
    }

    private static @Nullable Double number(ResultSet row, int column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }
}
