package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.evaluation.MetricFigures;
import io.evenkeel.engine.evaluation.SiteResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tables {@code evaluation_site}, {@code evaluation_site_value} and {@code evaluation_upstream}: relays' results,
 * and the evaluations of a relay's site whose results are sent to the upstream coordinator. Works in the caller's
 * transaction.
 */
@Component
public class EvaluationSites {

    /** The relays that have sent a result; the query's parameter is that of {@link EvaluationTable#EXPORTED}. */
    public static final ExportedTable EXPORTED = EvaluationResults.ofEvaluations(
            "evaluation_site",
            "t.client_id",
            text("evaluation").from("e.name"),
            text("client_id"),
            whole("devices"),
            text("reason"));

    /** The metrics in these results. */
    public static final ExportedTable VALUES = EvaluationResults.ofEvaluations(
            "evaluation_site_value",
            "t.client_id, t.metric",
            text("evaluation").from("e.name"),
            text("client_id"),
            text("metric"),
            whole("devices"),
            real("samples"),
            real("weighted_mean"),
            real("mean"));

    /** The evaluations whose results are sent upstream. */
    public static final ExportedTable UPSTREAM = EvaluationResults.ofEvaluations(
            "evaluation_upstream", "t.evaluation", text("evaluation").from("e.name"), text("result"));

    private static final String FIGURES =
            "SUM(s.devices), SUM(s.samples), SUM(s.samples * s.weighted_mean) / SUM(s.samples),"
                    + " SUM(s.devices * s.mean) / SUM(s.devices) FROM evaluation_site_value s ";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    EvaluationSites(JdbcTemplate jdbc, JsonMapper json) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.json = json;
    }

    /** Returns a relay's result; empty if it has sent none. */
    Optional<SiteResult> find(long evaluation, String client) {
        Map<String, SiteResult.Metric> metrics = new TreeMap<>();
        jdbc.sql("SELECT metric, devices, samples, weighted_mean, mean FROM evaluation_site_value"
                        + " WHERE evaluation = ? AND client_id = ?")
                .params(evaluation, client)
                .query(row -> {
                    metrics.put(
                            row.getString(1),
                            new SiteResult.Metric(row.getInt(2), row.getDouble(3), row.getDouble(4), row.getDouble(5)));
                });
        return jdbc.sql("SELECT devices, reason FROM evaluation_site WHERE evaluation = ? AND client_id = ?")
                .params(evaluation, client)
                .query((row, i) -> new SiteResult(row.getInt(1), row.getString(2), metrics))
                .optional();
    }

    /** Replaces a relay's result. */
    void replace(long evaluation, String client, SiteResult result) {
        for (String table : List.of("evaluation_site_value", "evaluation_site")) {
            jdbc.sql("DELETE FROM " + table + " WHERE evaluation = ? AND client_id = ?")
                    .params(evaluation, client)
                    .update();
        }
        jdbc.sql("INSERT INTO evaluation_site (evaluation, client_id, devices, reason) VALUES (?, ?, ?, ?)")
                .param(evaluation)
                .param(client)
                .param(result.devices())
                .param(result.reason())
                .update();
        batches.batchUpdate(
                "INSERT INTO evaluation_site_value (evaluation, metric, client_id, devices, samples, weighted_mean, mean)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                result.metrics().entrySet().stream()
                        .map(entry -> new Object[] {
                            evaluation,
                            entry.getKey(),
                            client,
                            entry.getValue().devices(),
                            entry.getValue().samples(),
                            entry.getValue().weightedMean(),
                            entry.getValue().mean()
                        })
                        .toList());
    }

    /** Returns the relays that have sent a result, in descending order of their number of devices. */
    List<EvaluationView.SiteView> list(long evaluation, int limit) {
        return jdbc.sql("SELECT client_id, devices, reason FROM evaluation_site WHERE evaluation = ?"
                        + " ORDER BY devices DESC, client_id FETCH FIRST ? ROWS ONLY")
                .params(evaluation, limit)
                .query((row, i) -> new EvaluationView.SiteView(row.getString(1), row.getInt(2), row.getString(3)))
                .list();
    }

    /** Returns the figures of each metric over the devices behind relays, without deciles. */
    List<MetricFigures> overall(long evaluation) {
        return jdbc.sql("SELECT s.metric, CAST(NULL AS VARCHAR(63)), " + FIGURES
                        + "WHERE s.evaluation = ? GROUP BY s.metric")
                .param(evaluation)
                .query((row, i) -> new MetricFigures(
                        row.getString(1),
                        null,
                        row.getLong(3),
                        row.getDouble(4),
                        row.getDouble(5),
                        row.getDouble(6),
                        List.of()))
                .list();
    }

    /**
     * Returns the figures of each metric over the devices behind relays, for each attribute value of the
     * relays.
     */
    List<MetricFigures> grouped(long evaluation, String attribute) {
        return jdbc.sql(
                        "SELECT s.metric, g.text, " + FIGURES
                                + "LEFT JOIN evaluation_group g ON g.evaluation = s.evaluation"
                                + " AND g.client_id = s.client_id AND g.name = ? WHERE s.evaluation = ? GROUP BY s.metric, g.text")
                .params(attribute, evaluation)
                .query((row, i) -> new MetricFigures(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getDouble(4),
                        row.getDouble(5),
                        row.getDouble(6),
                        List.of()))
                .list();
    }

    /** Records that the result of an evaluation of this site is sent upstream. */
    void follow(long evaluation) {
        jdbc.sql("INSERT INTO evaluation_upstream (evaluation) VALUES (?)")
                .param(evaluation)
                .update();
    }

    boolean follows(long evaluation) {
        return !jdbc.sql("SELECT evaluation FROM evaluation_upstream WHERE evaluation = ?")
                .param(evaluation)
                .query(Long.class)
                .list()
                .isEmpty();
    }

    /** Returns the result to send upstream; empty if there is none yet. */
    Optional<SiteResult> upward(long evaluation) {
        return jdbc.sql("SELECT result FROM evaluation_upstream WHERE evaluation = ? AND result IS NOT NULL")
                .param(evaluation)
                .query(String.class)
                .optional()
                .map(result -> json.readValue(result, SiteResult.class));
    }

    /** Replaces the result to send upstream. */
    void sendUp(long evaluation, SiteResult result) {
        jdbc.sql("UPDATE evaluation_upstream SET result = ? WHERE evaluation = ?")
                .params(json.writeValueAsString(result), evaluation)
                .update();
    }
}
