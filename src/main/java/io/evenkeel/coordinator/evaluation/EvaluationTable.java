package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.ClockCorrection;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.evaluation.EvaluatedModel;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.evaluation.MetricStatistics;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.DeviceSelector;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code evaluation}. Works in the caller's transaction. */
@Component
public class EvaluationTable implements ClockCorrection {

    private static final String SUBJECT = "CASE WHEN e.model IS NULL THEN 'run/' || e.run ELSE 'model/' || e.model END";

    /**
     * The condition of a query on the table {@code evaluation e}. Selects the evaluations of the run or model
     * that the parameter names, or all if it is null.
     */
    static final String CHOSEN = " WHERE COALESCE(CAST(? AS VARCHAR(80)), " + SUBJECT + ") = " + SUBJECT;

    /** The evaluations; the query's parameter is the measured model or run, {@link #aboutRun} or {@link #aboutModel}, or null for all. */
    public static final ExportedTable EXPORTED = ExportedTable.withoutKey(
            "evaluation",
            "FROM evaluation t JOIN evaluation e ON e.id = t.id" + CHOSEN + " ORDER BY t.id",
            text("name"),
            text("model"),
            whole("version"),
            text("run"),
            whole("round_number"),
            text("selector"),
            text("seed"),
            real("share"),
            whole("least"),
            whole("most"),
            text("breakdown"),
            text("goals"),
            whole("results"),
            time("deadline"),
            text("created_by"),
            time("created_at"),
            time("cancelled_at"),
            time("ended_at"),
            bytes("report"),
            time("results_deleted_at"));

    private static final String SELECT =
            "SELECT id, name, model, version, run, round_number, selector, seed, share, least, most,"
                    + " breakdown, goals, results, deadline, created_by, created_at, cancelled_at, ended_at,"
                    + " results_deleted_at FROM evaluation ";

    private static final String OPEN =
            "cancelled_at IS NULL AND ended_at IS NULL AND deadline > :now AND (most IS NULL OR results < most)";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    EvaluationTable(JdbcTemplate jdbc, JsonMapper json) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.json = json;
    }

    /**
     * Inserts an evaluation.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code name-taken}
     */
    void insert(EvaluationRound evaluation) {
        try {
            jdbc.sql("INSERT INTO evaluation (name, model, version, run, round_number, selector, seed, share,"
                            + " least, most, breakdown, goals, results, deadline, created_by, created_at) VALUES"
                            + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)")
                    .param(evaluation.name())
                    .param(evaluation.model().model())
                    .param(evaluation.model().version())
                    .param(evaluation.model().run())
                    .param(evaluation.model().round())
                    .param(evaluation.selector().toString())
                    .param(evaluation.seed())
                    .param(evaluation.share())
                    .param(evaluation.least())
                    .param(evaluation.most())
                    .param(json.writeValueAsString(evaluation.breakdown()))
                    .param(json.writeValueAsString(evaluation.goals()))
                    .param(Timestamps.of(evaluation.deadline()))
                    .param(evaluation.createdBy())
                    .param(Timestamps.of(evaluation.createdAt()))
                    .update();
        } catch (DuplicateKeyException e) {
            throw ProblemKind.NAME_TAKEN
                    .because("evaluation '" + evaluation.name() + "' already exists", "choose another name")
                    .with("field", "name");
        }
    }

    /** Returns an evaluation by its name. */
    Optional<EvaluationRound> find(String name) {
        return jdbc.sql(SELECT + "WHERE name = ?")
                .param(name)
                .query((row, i) -> evaluation(row))
                .optional();
    }

    boolean exists(String name) {
        return !jdbc.sql("SELECT id FROM evaluation WHERE name = ?")
                .param(name)
                .query(Long.class)
                .list()
                .isEmpty();
    }

    /** Returns up to {@code limit} evaluations whose names contain a text, newest first. */
    List<EvaluationRound> list(String search, int limit) {
        return jdbc.sql(SELECT + "WHERE POSITION(:search IN name) > 0 ORDER BY id DESC LIMIT :limit")
                .param("search", search)
                .param("limit", limit)
                .query((row, i) -> evaluation(row))
                .list();
    }

    /** Returns up to {@code limit} evaluations that accept results, oldest first. */
    List<EvaluationRound> open(Instant now, int limit) {
        return jdbc.sql(SELECT + "WHERE " + OPEN + " ORDER BY id LIMIT :limit")
                .param("now", Timestamps.of(now))
                .param("limit", limit)
                .query((row, i) -> evaluation(row))
                .list();
    }

    /**
     * Adds to the number of results if the evaluation still accepts results; returns whether it does. Locks
     * its row until the transaction ends.
     */
    boolean count(long key, int more, Instant now) {
        return jdbc.sql("UPDATE evaluation SET results = results + :more WHERE id = :key AND " + OPEN)
                        .param("more", more)
                        .param("key", key)
                        .param("now", Timestamps.of(now))
                        .update()
                == 1;
    }

    /** Cancels an evaluation if it accepts results; returns whether it did. */
    boolean cancel(String name, Instant now) {
        return jdbc.sql("UPDATE evaluation SET cancelled_at = :now WHERE name = :name AND " + OPEN)
                        .param("name", name)
                        .param("now", Timestamps.of(now))
                        .update()
                == 1;
    }

    /** Returns the evaluations that are over but have no final statistics yet, oldest first. */
    List<EvaluationRound> unreported(Instant now) {
        return jdbc.sql(SELECT + "WHERE report IS NULL AND NOT (" + OPEN + ") ORDER BY id")
                .param("now", Timestamps.of(now))
                .query((row, i) -> evaluation(row))
                .list();
    }

    /** Stops accepting results for an evaluation, and waits for other transactions that are storing results. */
    void end(long key, Instant now) {
        jdbc.sql("UPDATE evaluation SET ended_at = :now WHERE id = :key AND ended_at IS NULL")
                .param("now", Timestamps.of(now))
                .param("key", key)
                .update();
    }

    /** Stores the final statistics of an evaluation that has ended; returns whether it had none. */
    boolean report(long key, List<MetricStatistics> metrics) {
        return jdbc.sql("UPDATE evaluation SET report = ? WHERE id = ? AND report IS NULL")
                        .params(json.writeValueAsBytes(metrics), key)
                        .update()
                == 1;
    }

    /** Returns the final statistics of an evaluation; empty if it has none yet. */
    Optional<List<MetricStatistics>> reported(long key) {
        return jdbc.sql("SELECT report FROM evaluation WHERE id = ? AND report IS NOT NULL")
                .param(key)
                .query((row, i) -> row.getBytes(1))
                .optional()
                .map(report -> List.of(json.readValue(report, MetricStatistics[].class)));
    }

    /**
     * Returns the keys of the evaluations whose results are grouped by attributes or include a device's
     * result.
     */
    List<Long> groupedOrWithResultOf(String client) {
        return jdbc.sql("SELECT e.id FROM evaluation e WHERE e.breakdown <> '[]' OR EXISTS (SELECT 1 FROM"
                        + " evaluation_result r WHERE r.evaluation = e.id AND r.client_id = ?) ORDER BY e.id")
                .param(client)
                .query(Long.class)
                .list();
    }

    /** Replaces the final statistics. */
    void correct(long key, List<MetricStatistics> metrics) {
        jdbc.sql("UPDATE evaluation SET report = ? WHERE id = ? AND report IS NOT NULL")
                .params(json.writeValueAsBytes(metrics), key)
                .update();
    }

    /** Returns the newest evaluations that ended after a time, newest first. */
    List<EvaluationRound> endedAfter(Instant time, int limit) {
        return jdbc.sql(SELECT
                        + "WHERE ended_at > :time AND report IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT :limit")
                .param("time", Timestamps.of(time))
                .param("limit", limit)
                .query((row, i) -> evaluation(row))
                .list();
    }

    /** Returns an evaluation that ended before a time and still has rows of its devices. */
    Optional<EvaluationRound> endedBefore(Instant time) {
        return jdbc.sql(SELECT + "WHERE ended_at < :time AND report IS NOT NULL AND results_deleted_at IS NULL"
                        + " ORDER BY ended_at LIMIT 1")
                .param("time", Timestamps.of(time))
                .query((row, i) -> evaluation(row))
                .optional();
    }

    /** Returns up to {@code limit} names of evaluations that ended before a time, sorted, starting after a given name. */
    List<String> endedBefore(Instant time, String after, int limit) {
        return jdbc.sql("SELECT name FROM evaluation WHERE ended_at < ? AND name > ? ORDER BY name"
                        + " FETCH FIRST ? ROWS ONLY")
                .params(Timestamps.of(time), after, limit)
                .query(String.class)
                .list();
    }

    /** Returns the evaluations of a run's models, but not those of registered models. */
    public List<EvaluationRound> ofRun(String run) {
        return jdbc.sql(SELECT + "WHERE model IS NULL AND run = ? ORDER BY id")
                .param(run)
                .query((row, i) -> evaluation(row))
                .list();
    }

    /** Deletes an evaluation whose devices have no rows. */
    void delete(long key) {
        jdbc.sql("DELETE FROM evaluation_upstream WHERE evaluation = ?")
                .param(key)
                .update();
        jdbc.sql("DELETE FROM evaluation WHERE id = ?").param(key).update();
    }

    /** Records that the rows of an evaluation's devices were deleted. */
    void resultsDeleted(long key, Instant now) {
        jdbc.sql("UPDATE evaluation SET results_deleted_at = :now WHERE id = :key")
                .param("now", Timestamps.of(now))
                .param("key", key)
                .update();
    }

    /** Returns the number of evaluations in each state. */
    Map<EvaluationRound.State, Long> states(Instant now) {
        Map<EvaluationRound.State, Long> states = new EnumMap<>(EvaluationRound.State.class);
        jdbc.sql("SELECT state, COUNT(*) FROM (SELECT CASE WHEN " + OPEN
                        + " THEN 'OPEN' WHEN cancelled_at IS NOT NULL THEN 'CANCELLED' WHEN results >= least THEN"
                        + " 'FINISHED' ELSE 'FAILED' END AS state FROM evaluation) AS all_states GROUP BY state")
                .param("now", Timestamps.of(now))
                .query(row -> {
                    states.put(EvaluationRound.State.valueOf(row.getString(1)), row.getLong(2));
                });
        return states;
    }

    private EvaluationRound evaluation(ResultSet row) throws SQLException {
        return new EvaluationRound(
                row.getLong("id"),
                row.getString("name"),
                new EvaluatedModel(
                        row.getString("model"),
                        row.getObject("version", Integer.class),
                        row.getString("run"),
                        row.getObject("round_number", Integer.class)),
                DeviceSelector.parse(row.getString("selector")),
                row.getString("seed"),
                row.getDouble("share"),
                row.getInt("least"),
                row.getObject("most", Integer.class),
                json.readValue(row.getString("breakdown"), new TypeReference<List<String>>() {}),
                json.readValue(row.getString("goals"), new TypeReference<Map<String, String>>() {}),
                row.getInt("results"),
                Timestamps.get(row, "deadline"),
                row.getString("created_by"),
                Timestamps.get(row, "created_at"),
                Timestamps.getNullable(row, "cancelled_at"),
                Timestamps.getNullable(row, "ended_at"),
                Timestamps.getNullable(row, "results_deleted_at"));
    }

    /** Selects the evaluations of a run's models, but not those of registered models. */
    public static String aboutRun(String run) {
        return "run/" + run;
    }

    /** Selects the evaluations of a registered model's versions. */
    public static String aboutModel(String model) {
        return "model/" + model;
    }

    /**
     * Inserts an exported evaluation and returns its key. If it is open, it accepts results here, too.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code name-taken}
     * @throws DataIntegrityViolationException if the row is not a valid evaluation
     */
    public long insert(ExportedRow evaluation) {
        String name = evaluation.text("name");
        if (exists(name)) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "evaluation '" + name + "' already exists; nothing was imported",
                            "import it into another coordinator")
                    .with("field", "name");
        }
        long key = EXPORTED.insertForId(batches, evaluation, null);
        try {
            var unused = find(name);
            var unusedReport = reported(key);
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw new DataIntegrityViolationException("the row is not that of an evaluation", e);
        }
        return key;
    }

    @Override
    public void correct(Instant now) {
        ClockCorrection.moveBack(jdbc, "evaluation", "created_at", "deadline", now);
    }
}
