package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.ClockCorrection;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.rollout.MetricLook;
import io.evenkeel.engine.rollout.MetricVerdict;
import io.evenkeel.engine.rollout.OpenedGroup;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables {@code rollout_group} and {@code rollout_look}. Works in the caller's transaction. */
@Component
public class GroupTable implements ClockCorrection {

    /** The groups that have been opened. */
    public static final ExportedTable EXPORTED = ExportedTable.withoutKey(
                    "rollout_group",
                    "FROM rollout_group t " + RolloutTable.OF_MODEL + "t.group_number",
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
                    "FROM rollout_look t " + RolloutTable.OF_MODEL + "t.group_number, t.metric",
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

    private final JdbcClient jdbc;

    GroupTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void open(String rollout, OpenedGroup group) {
        jdbc.sql(
                        "INSERT INTO rollout_group (rollout_id, group_number, state, bound, devices, alive, opened_at, deadline)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .param(rollout)
                .param(group.number())
                .param(group.state().name())
                .param(group.bound())
                .param(group.devices())
                .param(group.alive())
                .param(Timestamps.of(group.openedAt()))
                .param(Timestamps.of(group.deadline()))
                .update();
    }

    /** Saves the changes of a group. */
    void update(String rollout, OpenedGroup group) {
        jdbc.sql(
                        "UPDATE rollout_group SET state = ?, deadline = ?, ended_at = ? WHERE rollout_id = ? AND group_number = ?")
                .param(group.state().name())
                .param(Timestamps.of(group.deadline()))
                .param(Timestamps.ofNullable(group.endedAt()))
                .param(rollout)
                .param(group.number())
                .update();
    }

    /** Returns the opened groups in order. */
    List<OpenedGroup> opened(String rollout) {
        return jdbc.sql("SELECT group_number, state, bound, devices, alive, opened_at, deadline, ended_at FROM"
                        + " rollout_group WHERE rollout_id = ? ORDER BY group_number")
                .param(rollout)
                .query((row, i) -> new OpenedGroup(
                        row.getInt(1),
                        OpenedGroup.State.valueOf(row.getString(2)),
                        row.getDouble(3),
                        row.getInt(4),
                        row.getObject(5, Integer.class),
                        Timestamps.get(row, 6),
                        Timestamps.get(row, 7),
                        Timestamps.getNullable(row, 8)))
                .list();
    }

    Optional<OpenedGroup> find(String rollout, int number) {
        return opened(rollout).stream()
                .filter(group -> group.number() == number)
                .findFirst();
    }

    /** Saves the newest look at a metric, replacing the previous one. */
    void save(String rollout, int group, MetricLook look) {
        jdbc.sql("DELETE FROM rollout_look WHERE rollout_id = ? AND group_number = ? AND metric = ?")
                .params(rollout, group, look.metric())
                .update();
        jdbc.sql(
                        "INSERT INTO rollout_look (rollout_id, group_number, metric, look, pairs, difference, low, high, verdict)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(
                        rollout,
                        group,
                        look.metric(),
                        look.number(),
                        look.pairs(),
                        look.difference(),
                        look.low(),
                        look.high(),
                        look.verdict().name())
                .update();
    }

    /** Returns the newest look at each metric of a group, sorted by metric. */
    List<MetricLook> looks(String rollout, int group) {
        return jdbc.sql("SELECT metric, look, pairs, difference, low, high, verdict FROM rollout_look"
                        + " WHERE rollout_id = ? AND group_number = ? ORDER BY metric")
                .params(rollout, group)
                .query((row, i) -> new MetricLook(
                        row.getString(1),
                        row.getInt(2),
                        row.getInt(3),
                        row.getDouble(4),
                        row.getDouble(5),
                        row.getDouble(6),
                        MetricVerdict.valueOf(row.getString(7))))
                .list();
    }

    @Override
    public void correct(Instant now) {
        ClockCorrection.moveBack(jdbc, "rollout_group", "opened_at", "deadline", now);
    }
}
