package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.evaluation.MetricFigures;
import io.evenkeel.engine.selection.Attributes;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The tables {@code evaluation_result}, {@code evaluation_value} and {@code evaluation_group}. Works in the caller's transaction. */
@Component
public class EvaluationResults {

    private static final String OF_CHOSEN =
            " JOIN evaluation e ON e.id = t.evaluation" + EvaluationTable.CHOSEN + " ORDER BY e.id, ";

    /** The devices that have sent a result; the query's parameter is that of {@link EvaluationTable#EXPORTED}. */
    public static final ExportedTable EXPORTED = ofEvaluations(
            "evaluation_result", "t.client_id", text("evaluation").from("e.name"), text("client_id"), text("digest"));

    /** The metrics in the results. */
    public static final ExportedTable VALUES = ofEvaluations(
            "evaluation_value",
            "t.client_id, t.metric",
            text("evaluation").from("e.name"),
            text("client_id"),
            text("metric"),
            real("amount"),
            whole("samples"));

    /** The devices' values for the attributes by which results are grouped. */
    public static final ExportedTable GROUPS = ofEvaluations(
            "evaluation_group",
            "t.client_id, t.name",
            text("evaluation").from("e.name"),
            text("client_id"),
            text("name"),
            text("text"));

    /** The maximum number of rows in a table of statistics: with at most 32 metrics per device, no honest evaluation has more. */
    private static final int MAX_ROWS = 5_000;

    private static final int DECILES = 9;

    private static final String FIGURES = figures();

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final EvaluationSites sites;

    EvaluationResults(JdbcTemplate jdbc, EvaluationSites sites) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.sites = sites;
    }

    static ExportedTable ofEvaluations(String name, String order, ExportedColumn... columns) {
        return ExportedTable.of(name, "evaluation", "FROM " + name + " t" + OF_CHOSEN + order, columns);
    }

    private static String figures() {
        StringBuilder sql = new StringBuilder("COUNT(*), SUM(CAST(v.samples AS DOUBLE PRECISION)),"
                + " SUM(v.samples * v.amount) / SUM(CAST(v.samples AS DOUBLE PRECISION)), AVG(v.amount)");
        for (int i = 1; i <= DECILES; i++) {
            sql.append(", PERCENTILE_CONT(0.").append(i).append(") WITHIN GROUP (ORDER BY v.amount)");
        }
        return sql.toString();
    }

    /** Returns the digest of a device's result; empty if it has sent none. */
    Optional<String> digest(long evaluation, String client) {
        return jdbc.sql("SELECT digest FROM evaluation_result WHERE evaluation = ? AND client_id = ?")
                .params(evaluation, client)
                .query(String.class)
                .optional();
    }

    /** Returns the given clients that have sent a result. */
    List<String> answered(long evaluation, Collection<String> clients) {
        return jdbc.sql("SELECT r.client_id FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS wanted(id)"
                        + " JOIN evaluation_result r ON r.client_id = wanted.id AND r.evaluation = ?")
                .param(new SqlArrayValue("VARCHAR", clients.toArray()))
                .param(evaluation)
                .query(String.class)
                .list();
    }

    /** Stores a client's values for the attributes by which results are grouped. */
    void insertGroups(long evaluation, String client, Attributes visible, List<String> breakdown) {
        List<Object[]> groups = new ArrayList<>();
        for (String name : breakdown) {
            String text = visible.get(name);
            if (text != null) {
                groups.add(new Object[] {evaluation, client, name, text});
            }
        }
        batches.batchUpdate(
                "INSERT INTO evaluation_group (evaluation, client_id, name, text) VALUES (?, ?, ?, ?)", groups);
    }

    /**
     * An evaluation to which a device has sent a result.
     *
     * @param evaluation its name
     * @param model the registered model that it measures; absent for a run's model
     * @param version that model's version
     * @param run the run whose model it measures; absent for a registered model
     * @param round that model's round
     * @param createdAt when it was created
     */
    @Schema(name = "DeviceEvaluation")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfDevice(
            String evaluation,
            @Nullable String model,
            @Nullable Integer version,
            @Nullable String run,
            @Nullable Integer round,
            Instant createdAt) {}

    /** Returns the evaluations to which a device has sent a result, newest first; searches the newest 100. */
    public List<OfDevice> of(String client) {
        return jdbc.sql("SELECT e.name, e.model, e.version, e.run, e.round_number, e.created_at FROM (SELECT id, name,"
                        + " model, version, run, round_number, created_at FROM evaluation ORDER BY id DESC FETCH FIRST"
                        + " 100 ROWS ONLY) AS e JOIN evaluation_result r ON r.evaluation = e.id AND r.client_id = ?"
                        + " ORDER BY e.id DESC")
                .param(client)
                .query((row, i) -> new OfDevice(
                        row.getString(1),
                        row.getString(2),
                        row.getObject(3, Integer.class),
                        row.getString(4),
                        row.getObject(5, Integer.class),
                        Timestamps.get(row, 6)))
                .list();
    }

    /**
     * Inserts a device's result.
     *
     * @param visible the device's attributes and labels
     * @param breakdown the attributes and labels by which results are grouped; only these are stored
     * @throws org.springframework.dao.DuplicateKeyException if another transaction has already inserted the
     *     device's result
     */
    void insert(
            long evaluation,
            String client,
            String digest,
            long samples,
            Map<String, Double> metrics,
            Attributes visible,
            List<String> breakdown) {
        jdbc.sql("INSERT INTO evaluation_result (evaluation, client_id, digest) VALUES (?, ?, ?)")
                .params(evaluation, client, digest)
                .update();
        List<Object[]> values = new ArrayList<>();
        metrics.forEach((metric, amount) -> values.add(new Object[] {evaluation, client, metric, amount, samples}));
        batches.batchUpdate(
                "INSERT INTO evaluation_value (evaluation, client_id, metric, amount, samples) VALUES (?, ?, ?, ?, ?)",
                values);
        insertGroups(evaluation, client, visible, breakdown);
    }

    /**
     * Returns the figures of each metric over all devices, including those behind relays, by name. The
     * database computes them, so memory use does not grow with the number of devices.
     */
    List<MetricFigures> overall(long evaluation) {
        return MetricFigures.together(
                ofDevices(evaluation), sites.overall(evaluation), Comparator.comparing(MetricFigures::metric));
    }

    private List<MetricFigures> ofDevices(long evaluation) {
        return jdbc.sql("SELECT v.metric, CAST(NULL AS VARCHAR(63)), " + FIGURES
                        + " FROM evaluation_value v WHERE v.evaluation = :evaluation GROUP BY v.metric ORDER BY v.metric LIMIT "
                        + MAX_ROWS)
                .param("evaluation", evaluation)
                .query((row, i) -> figures(row))
                .list();
    }

    /** Returns the figures of each metric for each value of an attribute, largest groups first. */
    List<MetricFigures> grouped(long evaluation, String attribute) {
        return MetricFigures.together(
                ofDevices(evaluation, attribute),
                sites.grouped(evaluation, attribute),
                Comparator.comparingLong(MetricFigures::devices).reversed());
    }

    private List<MetricFigures> ofDevices(long evaluation, String attribute) {
        return jdbc.sql("SELECT v.metric, g.text, " + FIGURES + " FROM evaluation_value v"
                        + " LEFT JOIN evaluation_group g ON g.evaluation = v.evaluation AND g.client_id = v.client_id AND g.name = :name"
                        + " WHERE v.evaluation = :evaluation GROUP BY v.metric, g.text ORDER BY 3 DESC, 1, 2 LIMIT "
                        + MAX_ROWS)
                .param("evaluation", evaluation)
                .param("name", attribute)
                .query((row, i) -> figures(row))
                .list();
    }

    /**
     * Removes a device from an evaluation: its result stays as that of an anonymous device without attribute values.
     *
     * @return the removed attribute values, by attribute
     */
    Map<String, String> erase(long evaluation, String client, String pseudonym) {
        Map<String, String> groups = new HashMap<>();
        jdbc.sql("SELECT name, text FROM evaluation_group WHERE evaluation = ? AND client_id = ?")
                .params(evaluation, client)
                .query(row -> {
                    groups.put(row.getString(1), row.getString(2));
                });
        jdbc.sql("UPDATE evaluation_site SET reason = NULL WHERE evaluation = ? AND client_id = ?")
                .params(evaluation, client)
                .update();
        for (String table :
                List.of("evaluation_result", "evaluation_value", "evaluation_site", "evaluation_site_value")) {
            jdbc.sql("UPDATE " + table + " SET client_id = ? WHERE evaluation = ? AND client_id = ?")
                    .params(pseudonym, evaluation, client)
                    .update();
        }
        jdbc.sql("DELETE FROM evaluation_group WHERE evaluation = ? AND client_id = ?")
                .params(evaluation, client)
                .update();
        return groups;
    }

    /** Deletes rows of an evaluation's devices, up to a limit for each table; returns whether there may be more. */
    boolean delete(long evaluation, int limit) {
        Object[] keys = {evaluation, evaluation, limit};
        return deleted("evaluation_value", "metric, client_id", keys) == limit
                || deleted("evaluation_group", "name, client_id", keys) == limit
                || deleted("evaluation_site_value", "metric, client_id", keys) == limit
                || deleted("evaluation_site", "client_id", keys) == limit
                || deleted("evaluation_result", "client_id", keys) == limit;
    }

    private int deleted(String table, String key, Object[] parameters) {
        return jdbc.sql("DELETE FROM " + table + " WHERE evaluation = ? AND (" + key + ") IN (SELECT " + key + " FROM "
                        + table + " WHERE evaluation = ? ORDER BY " + key + " FETCH FIRST ? ROWS ONLY)")
                .params(parameters)
                .update();
    }

    private static MetricFigures figures(ResultSet row) throws SQLException {
        List<Double> deciles = new ArrayList<>();
        for (int i = 0; i < DECILES; i++) {
            deciles.add(row.getDouble(7 + i));
        }
        return new MetricFigures(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getDouble(4),
                row.getDouble(5),
                row.getDouble(6),
                deciles);
    }
}
