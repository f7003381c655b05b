package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.fleet.DeviceRows;
import io.evenkeel.coordinator.fleet.ErasedDevice;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.rollout.DeviceCounts;
import io.evenkeel.engine.rollout.DeviceOutcome;
import io.evenkeel.engine.rollout.DeviceReport;
import io.evenkeel.engine.rollout.GroupRules;
import io.evenkeel.engine.rollout.PairedDifferences;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutDevice;
import io.evenkeel.engine.rollout.RolloutState;
import io.evenkeel.engine.rollout.SiteReport;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables {@code rollout_device} and {@code rollout_value}. Works in the caller's transaction. */
@Component
public class RolloutDeviceTable implements DeviceRows {

    /** The devices that got the version, with their reports. */
    public static final ExportedTable EXPORTED = ExportedTable.withoutKey(
                    "rollout_device",
                    "FROM rollout_device t " + RolloutTable.OF_MODEL + "t.client_id",
                    text("rollout_id"),
                    text("client_id"),
                    whole("group_number"),
                    time("asked_at"),
                    text("outcome"),
                    text("reason"),
                    whole("samples"),
                    time("reported_at"))
            .verifiedBy(row -> row.get("outcome") == null || row.isNamed("outcome", DeviceOutcome.class));

    /** The metrics in these reports. */
    public static final ExportedTable VALUES = ExportedTable.withoutKey(
            "rollout_value",
            "FROM rollout_value t " + RolloutTable.OF_MODEL + "t.client_id, t.metric",
            text("rollout_id"),
            text("client_id"),
            text("metric"),
            real("before_value"),
            real("after_value"));

    private static final int FETCHED_AT_ONCE = 1000;
    private static final String SELECT =
            "SELECT client_id, group_number, asked_at, outcome, reason, samples, reported_at FROM rollout_device ";

    /** Devices that failed, and relays with such devices. */
    private static final String FAILED = " AND (outcome = 'FAILED' OR EXISTS (SELECT 1 FROM"
            + " rollout_site s WHERE s.rollout_id = rollout_device.rollout_id AND s.client_id ="
            + " rollout_device.client_id AND s.failed > 0))";

    private static final String PAIRS = " FROM rollout_device d JOIN rollout_value v ON v.rollout_id = d.rollout_id"
            + " AND v.client_id = d.client_id WHERE d.rollout_id = ? AND d.group_number = ? AND v.metric = ?"
            + " AND d.outcome = 'INSTALLED' AND d.samples >= ? AND v.before_value IS NOT NULL";

    private final JdbcTemplate batches;
    private final JdbcTemplate streams;
    private final JdbcClient jdbc;
    private final RolloutSiteTable sites;

    RolloutDeviceTable(JdbcTemplate jdbc, RolloutSiteTable sites) {
        this.batches = jdbc;
        this.streams = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
        this.streams.setFetchSize(FETCHED_AT_ONCE);
        this.jdbc = JdbcClient.create(jdbc);
        this.sites = sites;
    }

    /** @param isRelay whether the client is a relay, which represents the devices of its site */
    void insert(String rollout, String client, int group, boolean isRelay, Instant now) {
        jdbc.sql("INSERT INTO rollout_device (rollout_id, client_id, group_number, asked_at) VALUES (?, ?, ?, ?)")
                .params(rollout, client, group, Timestamps.of(now))
                .update();
        if (isRelay) {
            sites.insert(rollout, client);
        }
    }

    Optional<RolloutDevice> find(String rollout, String client) {
        return jdbc.sql(SELECT + "WHERE rollout_id = ? AND client_id = ?")
                .params(rollout, client)
                .query((row, i) -> device(row, null))
                .optional();
    }

    /** Returns devices sorted by id, starting after a given id. */
    List<RolloutDevice> list(
            String rollout, String after, @Nullable Integer group, @Nullable DeviceOutcome outcome, int limit) {
        Map<String, DeviceCounts> behind = sites.counts(rollout);
        return jdbc.sql(SELECT + "WHERE rollout_id = :rollout AND client_id > :after"
                        + (group == null ? "" : " AND group_number = :group")
                        + (outcome == null
                                ? ""
                                : outcome == DeviceOutcome.ASKED
                                        ? " AND outcome IS NULL"
                                        : outcome == DeviceOutcome.FAILED ? FAILED : " AND outcome = :outcome")
                        + " ORDER BY client_id FETCH FIRST :limit ROWS ONLY")
                .param("rollout", rollout)
                .param("after", after)
                .param("group", group)
                .param("outcome", outcome == null ? null : outcome.name())
                .param("limit", limit)
                .query((row, i) -> device(row, behind.get(row.getString(1))))
                .list();
    }

    /** Replaces a device's report. */
    void report(String rollout, String client, DeviceReport report, Instant now) {
        jdbc.sql("UPDATE rollout_device SET outcome = ?, reason = ?, samples = ?, reported_at = ?"
                        + " WHERE rollout_id = ? AND client_id = ?")
                .param(report.outcome().name())
                .param(report.reason())
                .param(report.samples())
                .param(Timestamps.of(now))
                .param(rollout)
                .param(client)
                .update();
        jdbc.sql("DELETE FROM rollout_value WHERE rollout_id = ? AND client_id = ?")
                .params(rollout, client)
                .update();
        batches.batchUpdate(
                "INSERT INTO rollout_value (rollout_id, client_id, metric, before_value, after_value) VALUES (?, ?, ?,"
                        + " ?, ?)",
                report.values().entrySet().stream()
                        .map(entry -> new Object[] {
                            rollout,
                            client,
                            entry.getKey(),
                            entry.getValue().before(),
                            entry.getValue().after()
                        })
                        .toList());
        if (report.site() != null) {
            sites.report(rollout, client, report.site());
        }
    }

    /** Returns the report of a device or relay; empty if the client did not get the version. */
    Optional<DeviceReport> reported(String rollout, String client) {
        return find(rollout, client)
                .map(device -> new DeviceReport(
                        device.outcome(),
                        device.reason(),
                        device.samples(),
                        values(rollout, client),
                        sites.find(rollout, client).orElse(null)));
    }

    /** Returns the metrics that a device has reported, by name. */
    private SortedMap<String, DeviceReport.Values> values(String rollout, String client) {
        SortedMap<String, DeviceReport.Values> values = new TreeMap<>();
        jdbc.sql("SELECT metric, before_value, after_value FROM rollout_value WHERE rollout_id = ? AND client_id = ?")
                .params(rollout, client)
                .query(row -> {
                    values.put(row.getString(1), new DeviceReport.Values((Double) row.getObject(2), row.getDouble(3)));
                });
        return values;
    }

    /** Returns the counts of each group's outcomes, including devices behind relays, by the group's number. */
    Map<Integer, DeviceCounts> counts(String rollout) {
        Map<Integer, DeviceCounts> counts = new HashMap<>();
        // Groups by columns in the order of the index. Counting each outcome separately takes twice as long for a
        // million devices.
        jdbc.sql("SELECT group_number, outcome, COUNT(*) FROM rollout_device WHERE rollout_id = ?"
                        + " GROUP BY group_number, outcome")
                .param(rollout)
                .query(row -> {
                    String outcome = row.getString(2);
                    counts.merge(
                            row.getInt(1),
                            DeviceCounts.of(
                                    outcome == null ? DeviceOutcome.ASKED : DeviceOutcome.valueOf(outcome),
                                    row.getInt(3)),
                            DeviceCounts::plus);
                });
        sites.addTo(counts, rollout);
        return counts;
    }

    /** Returns the metrics in the reports of a group's devices; reads them only when the rules need them. */
    GroupRules.MetricReports reports(String rollout, int group) {
        return new GroupRules.MetricReports() {
            @Override
            public int pairs(RolloutDefinition.Metric metric) {
                return RolloutDeviceTable.this.pairs(rollout, group, metric);
            }

            @Override
            public PairedDifferences differences(RolloutDefinition.Metric metric) {
                return RolloutDeviceTable.this.differences(rollout, group, metric);
            }
        };
    }

    /** Returns the number of devices of a group that have reported a metric for both versions on enough samples. */
    int pairs(String rollout, int group, RolloutDefinition.Metric metric) {
        int own = jdbc.sql("SELECT COUNT(*)" + PAIRS)
                .params(rollout, group, metric.name(), metric.minSamples())
                .query(Integer.class)
                .single();
        return own
                + sites.differences(rollout, group, metric.name()).stream()
                        .mapToInt(SiteReport.Differences::devices)
                        .sum();
    }

    /**
     * Accumulates the differences (new minus before) of these devices in the order of the devices' ids, then those of
     * relays in the order of the relays' ids.
     */
    PairedDifferences differences(String rollout, int group, RolloutDefinition.Metric metric) {
        PairedDifferences differences = new PairedDifferences();
        streams.query(
                "SELECT v.after_value - v.before_value" + PAIRS + " ORDER BY d.client_id",
                row -> {
                    differences.add(row.getDouble(1));
                },
                rollout,
                group,
                metric.name(),
                metric.minSamples());
        sites.differences(rollout, group, metric.name()).forEach(differences::add);
        return differences;
    }

    /**
     * A roll-out by which a device got a version.
     *
     * @param rollout its id
     * @param model the model
     * @param alias the alias
     * @param version the version
     * @param state the roll-out's state
     * @param group the number of the device's group, from 1
     * @param outcome the device's state
     * @param reason why it failed
     * @param askedAt when it first got the version
     * @param reportedAt when it last reported
     */
    @Schema(name = "DeviceRollout")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfDevice(
            String rollout,
            String model,
            String alias,
            int version,
            RolloutState state,
            int group,
            DeviceOutcome outcome,
            @Nullable String reason,
            Instant askedAt,
            @Nullable Instant reportedAt) {}

    /**
     * Returns the roll-outs that gave a device a version, newest first. Considers only the newest 100 roll-outs, and
     * looks up the device's row in each by its key.
     */
    public List<OfDevice> of(String client) {
        return jdbc.sql("SELECT r.id, r.model, r.alias, r.version, r.state, d.group_number, d.outcome, d.reason,"
                        + " d.asked_at, d.reported_at FROM (SELECT id, model, alias, version, state, created_at FROM"
                        + " rollout ORDER BY created_at DESC, id DESC FETCH FIRST 100 ROWS ONLY) AS r"
                        + " JOIN rollout_device d ON d.rollout_id = r.id AND d.client_id = ?"
                        + " ORDER BY r.created_at DESC, r.id DESC")
                .param(client)
                .query((row, i) -> new OfDevice(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getInt(4),
                        RolloutState.valueOf(row.getString(5)),
                        row.getInt(6) + 1,
                        row.getString(7) == null ? DeviceOutcome.ASKED : DeviceOutcome.valueOf(row.getString(7)),
                        row.getString(8),
                        Timestamps.get(row, 9),
                        Timestamps.getNullable(row, 10)))
                .list();
    }

    /** Returns a roll-out whose devices are being deleted. */
    Optional<String> deletedPartly() {
        return jdbc.sql("SELECT r.id FROM rollout r WHERE r.devices_deleted_at IS NOT NULL"
                        + " AND EXISTS (SELECT 1 FROM rollout_device d WHERE d.rollout_id = r.id)"
                        + " ORDER BY r.id FETCH FIRST 1 ROW ONLY")
                .query(String.class)
                .optional();
    }

    /** Deletes devices of a roll-out together with their reports, up to a limit. */
    void delete(String rollout, int limit) {
        List<Object[]> keys = jdbc.sql(
                        "SELECT client_id FROM rollout_device WHERE rollout_id = ? ORDER BY client_id FETCH FIRST ?"
                                + " ROWS ONLY")
                .params(rollout, limit)
                .query((row, i) -> new Object[] {rollout, row.getString(1)})
                .list();
        sites.delete(keys);
        batches.batchUpdate("DELETE FROM rollout_value WHERE rollout_id = ? AND client_id = ?", keys);
        batches.batchUpdate("DELETE FROM rollout_device WHERE rollout_id = ? AND client_id = ?", keys);
    }

    /**
     * Replaces the device's id with a pseudonym in its outcome and metrics, and removes the reason for a failure;
     * groups still count the device.
     */
    @Override
    public void erase(ErasedDevice device) {
        List<String> some = jdbc.sql("SELECT r.id FROM rollout r WHERE EXISTS (SELECT 1 FROM rollout_device d"
                        + " WHERE d.rollout_id = r.id AND d.client_id = ?)")
                .param(device.id())
                .query(String.class)
                .list();
        for (String rollout : some) {
            // Metrics and counts reference the device's row, so the new row is inserted first and the old one deleted
            // last.
            jdbc.sql("INSERT INTO rollout_device (rollout_id, client_id, group_number, asked_at, outcome, samples,"
                            + " reported_at) SELECT rollout_id, ?, group_number, asked_at, outcome, samples, reported_at FROM"
                            + " rollout_device WHERE rollout_id = ? AND client_id = ?")
                    .params(device.pseudonym(), rollout, device.id())
                    .update();
            jdbc.sql("INSERT INTO rollout_site (rollout_id, client_id, asked, installed, failed) SELECT rollout_id, ?,"
                            + " asked, installed, failed FROM rollout_site WHERE rollout_id = ? AND client_id = ?")
                    .params(device.pseudonym(), rollout, device.id())
                    .update();
            for (String table : List.of("rollout_value", "rollout_site_metric")) {
                jdbc.sql("UPDATE " + table + " SET client_id = ? WHERE rollout_id = ? AND client_id = ?")
                        .params(device.pseudonym(), rollout, device.id())
                        .update();
            }
            for (String table : List.of("rollout_site", "rollout_device")) {
                jdbc.sql("DELETE FROM " + table + " WHERE rollout_id = ? AND client_id = ?")
                        .params(rollout, device.id())
                        .update();
            }
        }
    }

    private static RolloutDevice device(ResultSet row, @Nullable DeviceCounts site) throws SQLException {
        String outcome = row.getString(4);
        Long samples = row.getObject(6, Long.class);
        return new RolloutDevice(
                row.getString(1),
                row.getInt(2) + 1,
                outcome == null ? DeviceOutcome.ASKED : DeviceOutcome.valueOf(outcome),
                row.getString(5),
                samples,
                Timestamps.get(row, 3),
                Timestamps.getNullable(row, 7),
                site);
    }

    /** Returns the distinct ids of the devices that got a version of a model from a roll-out. */
    public List<String> clients(String model) {
        return batches.queryForList(
                "SELECT DISTINCT d.client_id FROM rollout_device d JOIN rollout r ON r.id = d.rollout_id WHERE r.model"
                        + " = ?",
                String.class,
                model);
    }
}
