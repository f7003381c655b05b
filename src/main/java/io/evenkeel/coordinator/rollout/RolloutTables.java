package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.rollout.rule.DeviceOutcome;
import io.evenkeel.coordinator.rollout.rule.MetricVerdict;
import io.evenkeel.coordinator.rollout.rule.OpenedGroup;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition;
import java.util.List;
import java.util.Objects;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tables of roll-outs as an export has them, and their import. The parameter of each query is a model's name, or null for the
 * roll-outs of all models. Works in the caller's transaction.
 */
@Component
public class RolloutTables {

    private static final String OF_MODEL =
            "JOIN rollout r ON r.id = t.rollout_id WHERE COALESCE(CAST(? AS VARCHAR(64)), r.model) = r.model ORDER BY"
                    + " r.id, ";

    /** The roll-outs. */
    public static final ExportedTable ROLLOUTS = ExportedTable.of(
                    "rollout",
                    "active",
                    "FROM rollout t WHERE COALESCE(CAST(? AS VARCHAR(64)), t.model) = t.model ORDER BY t.id",
                    text("id"),
                    text("model"),
                    text("alias"),
                    whole("version"),
                    whole("baseline"),
                    text("definition"),
                    text("state"),
                    whole("group_number"),
                    text("message"),
                    whole("events"),
                    text("created_by"),
                    time("created_at"),
                    text("approved_by"),
                    time("started_at"),
                    time("ended_at"),
                    text("progress"),
                    time("devices_deleted_at"))
            .verifiedBy(row -> row.isNamed("state", RolloutState.class));

    /** The groups that have been opened. */
    public static final ExportedTable GROUPS = ExportedTable.withoutKey(
                    "rollout_group",
                    "FROM rollout_group t " + OF_MODEL + "t.group_number",
                    text("rollout_id"),
                    whole("group_number"),
                    text("state"),
                    real("bound"),
                    whole("devices"),
                    time("opened_at"),
                    time("deadline"),
                    time("ended_at"),
                    whole("alive"))
            .verifiedBy(row -> row.isNamed("state", OpenedGroup.State.class));

    /** The newest look at each metric of each group. */
    public static final ExportedTable LOOKS = ExportedTable.withoutKey(
                    "rollout_look",
                    "FROM rollout_look t " + OF_MODEL + "t.group_number, t.metric",
                    text("rollout_id"),
                    whole("group_number"),
                    text("metric"),
                    whole("look"),
                    whole("pairs"),
                    real("difference"),
                    real("low"),
                    real("high"),
                    text("verdict"))
            .verifiedBy(row -> row.isNamed("verdict", MetricVerdict.class));

    /** The devices that got the version, with their reports. */
    public static final ExportedTable DEVICES = ExportedTable.withoutKey(
                    "rollout_device",
                    "FROM rollout_device t " + OF_MODEL + "t.client_id",
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
            "FROM rollout_value t " + OF_MODEL + "t.client_id, t.metric",
            text("rollout_id"),
            text("client_id"),
            text("metric"),
            real("before_value"),
            real("after_value"));

    /** What happened to them. */
    public static final ExportedTable EVENTS = ExportedTable.withoutKey(
                    "rollout_event",
                    "FROM rollout_event t " + OF_MODEL + "t.sequence",
                    text("rollout_id"),
                    whole("sequence"),
                    text("type"),
                    whole("group_number"),
                    time("happened_at"),
                    text("actor"),
                    text("detail"))
            .verifiedBy(row -> row.isNamed("type", RolloutEventType.class));

    private static final String WHY =
            "it was imported while it was running: resume it once its devices come here and it is stopped there";

    private final RolloutTable rollouts;
    private final RolloutChanges changes;
    private final JsonMapper json;
    private final JdbcTemplate jdbc;

    RolloutTables(RolloutTable rollouts, RolloutChanges changes, JsonMapper json, JdbcTemplate jdbc) {
        this.rollouts = rollouts;
        this.changes = changes;
        this.json = json;
        this.jdbc = jdbc;
    }

    /** Returns the ids of the devices that got a version of a model by a roll-out, each once. */
    public List<String> clients(String model) {
        return jdbc.queryForList(
                "SELECT DISTINCT d.client_id FROM rollout_device d JOIN rollout r ON r.id = d.rollout_id WHERE r.model"
                        + " = ?",
                String.class,
                model);
    }

    /**
     * Inserts a roll-out.
     *
     * @throws DataIntegrityViolationException if its definition is none, or not the row's
     */
    public void insert(ExportedRow rollout) {
        RolloutDefinition rules = definition(rollout);
        if (!rules.model().equals(rollout.text("model"))
                || !rules.alias().equals(rollout.text("alias"))
                || rules.version() != rollout.requiredInt("version")
                || rollout.requiredInt("group_number") < 0
                || rollout.requiredInt("group_number") > rules.groups().size()) {
            throw new DataIntegrityViolationException("the roll-out's definition is not that of its row");
        }
        boolean isOver = RolloutState.valueOf(rollout.text("state")).isOver();
        ROLLOUTS.insert(jdbc, List.of(rollout), row -> isOver ? null : RolloutTable.key(rules.model(), rules.alias()));
    }

    private RolloutDefinition definition(ExportedRow rollout) {
        try {
            if (rollout.get("progress") != null) {
                var unused = json.readValue(rollout.text("progress"), RolloutView.GroupProgress[].class);
            }
            RolloutDefinition rules = json.readValue(rollout.text("definition"), RolloutDefinition.class);
            requireAll(rules.model(), rules.alias(), rules.groups(), rules.metrics(), rules.minTime());
            requireAll(rules.groupTime(), rules.onTimeout());
            return rules;
        } catch (JacksonException | NullPointerException e) {
            throw new DataIntegrityViolationException("the roll-out's JSON cannot be read", e);
        }
    }

    private static void requireAll(Object... fields) {
        for (Object field : fields) {
            Objects.requireNonNull(field);
        }
    }

    /**
     * Pauses an imported roll-out that was running, so that no further device gets the version here while the other coordinator may
     * still follow its rules.
     *
     * @param by name of the operator who imports it
     * @return whether it was running
     */
    public boolean pauseIfRunning(ExportedRow imported, String by) {
        if (!imported.text("state").equals(RolloutState.RUNNING.name())) {
            return false;
        }
        Rollout paused = changes.pause(rollouts.lock(imported.text("id")), by, WHY);
        return paused.state() == RolloutState.PAUSED;
    }
}
