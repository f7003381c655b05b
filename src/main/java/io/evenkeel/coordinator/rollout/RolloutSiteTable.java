package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.rollout.DeviceCounts;
import io.evenkeel.engine.rollout.DeviceOutcome;
import io.evenkeel.engine.rollout.SiteReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The tables {@code rollout_site} and {@code rollout_site_metric}: the outcomes of the devices behind relays. A relay's
 * row is inserted when it gets the version. Works in the caller's transaction.
 */
@Component
public class RolloutSiteTable {

    /** The relays that got the version. */
    public static final ExportedTable EXPORTED = ExportedTable.withoutKey(
            "rollout_site",
            "FROM rollout_site t " + RolloutTable.OF_MODEL + "t.client_id",
            text("rollout_id"),
            text("client_id"),
            whole("asked"),
            whole("installed"),
            whole("failed"));

    /** The metrics in their reports. */
    public static final ExportedTable METRICS = ExportedTable.withoutKey(
            "rollout_site_metric",
            "FROM rollout_site_metric t " + RolloutTable.OF_MODEL + "t.client_id, t.metric",
            text("rollout_id"),
            text("client_id"),
            text("metric"),
            whole("devices"),
            real("mean"),
            real("squares"));

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;

    RolloutSiteTable(JdbcTemplate jdbc) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /** Inserts a relay whose devices have not reported. */
    void insert(String rollout, String client) {
        jdbc.sql("INSERT INTO rollout_site (rollout_id, client_id, asked, installed, failed) VALUES (?, ?, 0, 0, 0)")
                .params(rollout, client)
                .update();
    }

    /** Replaces a relay's report. */
    void report(String rollout, String client, SiteReport report) {
        jdbc.sql("UPDATE rollout_site SET asked = ?, installed = ?, failed = ? WHERE rollout_id = ? AND client_id = ?")
                .param(report.devices().asked())
                .param(report.devices().installed())
                .param(report.devices().failed())
                .param(rollout)
                .param(client)
                .update();
        jdbc.sql("DELETE FROM rollout_site_metric WHERE rollout_id = ? AND client_id = ?")
                .params(rollout, client)
                .update();
        batches.batchUpdate(
                "INSERT INTO rollout_site_metric (rollout_id, client_id, metric, devices, mean, squares)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                report.differences().entrySet().stream()
                        .map(entry -> new Object[] {
                            rollout,
                            client,
                            entry.getKey(),
                            entry.getValue().devices(),
                            entry.getValue().mean(),
                            entry.getValue().squares()
                        })
                        .toList());
    }

    /** Returns a relay's report; empty if the client got the version as a device. */
    Optional<SiteReport> find(String rollout, String client) {
        TreeMap<String, SiteReport.Differences> differences = new TreeMap<>();
        jdbc.sql(
                        "SELECT metric, devices, mean, squares FROM rollout_site_metric WHERE rollout_id = ? AND client_id = ?")
                .params(rollout, client)
                .query(row -> {
                    differences.put(
                            row.getString(1),
                            new SiteReport.Differences(row.getInt(2), row.getDouble(3), row.getDouble(4)));
                });
        return jdbc.sql("SELECT asked, installed, failed FROM rollout_site WHERE rollout_id = ? AND client_id = ?")
                .params(rollout, client)
                .query((row, i) ->
                        new SiteReport(new DeviceCounts(row.getInt(1), row.getInt(2), row.getInt(3)), differences))
                .optional();
    }

    /** Returns the counts of the devices behind each relay, by the relay's id. */
    Map<String, DeviceCounts> counts(String rollout) {
        Map<String, DeviceCounts> counts = new TreeMap<>();
        jdbc.sql("SELECT client_id, asked, installed, failed FROM rollout_site WHERE rollout_id = ?")
                .param(rollout)
                .query(row -> {
                    counts.put(row.getString(1), new DeviceCounts(row.getInt(2), row.getInt(3), row.getInt(4)));
                });
        return counts;
    }

    /** Replaces each relay's own row in the counts of the groups with the rows of its devices. */
    void addTo(Map<Integer, DeviceCounts> counts, String rollout) {
        jdbc.sql("SELECT d.group_number, d.outcome, s.asked, s.installed, s.failed FROM rollout_site s"
                        + " JOIN rollout_device d ON d.rollout_id = s.rollout_id AND d.client_id = s.client_id"
                        + " WHERE s.rollout_id = ?")
                .param(rollout)
                .query(row -> {
                    String outcome = row.getString(2);
                    DeviceCounts own =
                            DeviceCounts.of(outcome == null ? DeviceOutcome.ASKED : DeviceOutcome.valueOf(outcome), 1);
                    counts.merge(
                            row.getInt(1),
                            new DeviceCounts(row.getInt(3), row.getInt(4), row.getInt(5)).minus(own),
                            DeviceCounts::plus);
                });
    }

    /** Returns the differences of a metric that the relays of a group reported, in the order of the relays' ids. */
    List<SiteReport.Differences> differences(String rollout, int group, String metric) {
        return jdbc.sql("SELECT s.devices, s.mean, s.squares FROM rollout_site_metric s"
                        + " JOIN rollout_device d ON d.rollout_id = s.rollout_id AND d.client_id = s.client_id"
                        + " WHERE s.rollout_id = ? AND d.group_number = ? AND s.metric = ? ORDER BY s.client_id")
                .params(rollout, group, metric)
                .query((row, i) -> new SiteReport.Differences(row.getInt(1), row.getDouble(2), row.getDouble(3)))
                .list();
    }

    /** Deletes relays' reports. */
    void delete(List<Object[]> keys) {
        batches.batchUpdate("DELETE FROM rollout_site_metric WHERE rollout_id = ? AND client_id = ?", keys);
        batches.batchUpdate("DELETE FROM rollout_site WHERE rollout_id = ? AND client_id = ?", keys);
    }
}
