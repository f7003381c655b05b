package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutEventType;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code rollout_event}. Works in the caller's transaction. */
@Component
public class RolloutEventTable {

    /** The events of roll-outs. */
    public static final ExportedTable EXPORTED = ExportedTable.withoutKey(
                    "rollout_event",
                    "FROM rollout_event t " + RolloutTable.OF_MODEL + "t.sequence",
                    text("rollout_id"),
                    whole("sequence"),
                    text("type"),
                    whole("group_number"),
                    time("happened_at"),
                    text("actor"),
                    text("detail"))
            .verifiedBy(row -> row.isNamed("type", RolloutEventType.class));

    private final JdbcClient jdbc;

    RolloutEventTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(RolloutEvent event) {
        jdbc.sql("INSERT INTO rollout_event (rollout_id, sequence, type, group_number, happened_at, actor, detail)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .param(event.rollout())
                .param(event.sequence())
                .param(event.type().name())
                .param(event.group())
                .param(Timestamps.of(event.at()))
                .param(event.by())
                .param(event.detail())
                .update();
    }

    /** Returns the newest events of a roll-out, in chronological order. */
    List<RolloutEvent> newest(Rollout rollout, int limit) {
        return jdbc.sql("SELECT sequence, type, group_number, happened_at, actor, detail FROM rollout_event"
                        + " WHERE rollout_id = ? AND sequence > ? ORDER BY sequence")
                .params(rollout.id(), rollout.events() - limit)
                .query((row, i) -> new RolloutEvent(
                        rollout.id(),
                        row.getInt(1),
                        RolloutEventType.valueOf(row.getString(2)),
                        rollout.model(),
                        rollout.alias(),
                        rollout.version(),
                        row.getObject(3, Integer.class),
                        Timestamps.get(row, 4),
                        row.getString(5),
                        row.getString(6)))
                .list();
    }

    /** Returns the newest events of all roll-outs since a time, newest first. */
    List<RolloutEvent> newest(Instant since, int limit) {
        return jdbc.sql("SELECT e.rollout_id, e.sequence, e.type, r.model, r.alias, r.version, e.group_number,"
                        + " e.happened_at, e.actor, e.detail FROM rollout_event e JOIN rollout r ON r.id = e.rollout_id"
                        + " WHERE e.type IN (:types) AND e.happened_at >= :since"
                        + " ORDER BY e.happened_at DESC, e.rollout_id, e.sequence DESC FETCH FIRST :limit ROWS ONLY")
                // Lists all types, because the index starts with the type.
                .param(
                        "types",
                        Arrays.stream(RolloutEventType.values()).map(Enum::name).toList())
                .param("since", Timestamps.of(since))
                .param("limit", limit)
                .query((row, i) -> new RolloutEvent(
                        row.getString(1),
                        row.getInt(2),
                        RolloutEventType.valueOf(row.getString(3)),
                        row.getString(4),
                        row.getString(5),
                        row.getInt(6),
                        row.getObject(7, Integer.class),
                        Timestamps.get(row, 8),
                        row.getString(9),
                        row.getString(10)))
                .list();
    }

    /** Returns the number of roll-outs that rules have stopped since a time. */
    int stoppedByRules(Instant since) {
        return jdbc.sql(
                        "SELECT COUNT(*) FROM rollout_event WHERE type = 'STOPPED' AND actor IS NULL AND happened_at >= ?")
                .param(Timestamps.of(since))
                .query(Integer.class)
                .single();
    }
}
