package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code rollout}. Works in the caller's transaction. */
@Component
public class RolloutTable {

    /**
     * The end of a query on a table {@code t} that selects the rows of a model's roll-outs; the parameter is the
     * model's name, or null for all.
     */
    static final String OF_MODEL =
            "JOIN rollout r ON r.id = t.rollout_id WHERE COALESCE(CAST(? AS VARCHAR(64)), r.model) = r.model ORDER BY"
                    + " r.id, ";

    /** The roll-outs; the query's parameter is a model's name, or null for all. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
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
                    ExportedColumn.time("created_at"),
                    text("approved_by"),
                    ExportedColumn.time("started_at"),
                    ExportedColumn.time("ended_at"),
                    text("progress"),
                    ExportedColumn.time("devices_deleted_at"))
            .verifiedBy(row -> row.isNamed("state", RolloutState.class));

    private static final String SELECT = "SELECT id, baseline, definition, state, group_number, message, events,"
            + " created_by, created_at, approved_by, started_at, ended_at, devices_deleted_at FROM rollout ";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final JsonMapper json;

    RolloutTable(JdbcTemplate jdbc, Dialect dialect, JsonMapper json) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.dialect = dialect;
        this.json = json;
    }

    /** Returns the value of the unique column {@code active} for an alias with an active roll-out. */
    static String key(String model, String alias) {
        return model + "/" + alias;
    }

    void insert(Rollout rollout) {
        jdbc.sql("INSERT INTO rollout (id, model, alias, active, version, baseline, definition, state, group_number,"
                        + " events, created_by, created_at, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .param(rollout.id())
                .param(rollout.model())
                .param(rollout.alias())
                .param(key(rollout.model(), rollout.alias()))
                .param(rollout.version())
                .param(rollout.baseline())
                .param(json.writeValueAsString(rollout.definition()))
                .param(rollout.state().name())
                .param(rollout.group())
                .param(rollout.events())
                .param(rollout.createdBy())
                .param(Timestamps.of(rollout.createdAt()))
                .param(Timestamps.ofNullable(rollout.startedAt()))
                .update();
    }

    /** Saves the changes of a roll-out. */
    void update(Rollout rollout) {
        jdbc.sql("UPDATE rollout SET state = ?, active = ?, group_number = ?, message = ?, events = ?, approved_by = ?,"
                        + " started_at = ?, ended_at = ? WHERE id = ?")
                .param(rollout.state().name())
                .param(rollout.state().isOver() ? null : key(rollout.model(), rollout.alias()))
                .param(rollout.group())
                .param(rollout.message())
                .param(rollout.events())
                .param(rollout.approvedBy())
                .param(Timestamps.ofNullable(rollout.startedAt()))
                .param(Timestamps.ofNullable(rollout.endedAt()))
                .param(rollout.id())
                .update();
    }

    Optional<Rollout> find(String id) {
        return jdbc.sql(SELECT + "WHERE id = ?")
                .param(id)
                .query((row, i) -> rollout(row))
                .optional();
    }

    /**
     * Returns a roll-out.
     *
     * @throws ProblemException {@code rollout-not-found}
     */
    Rollout get(String id) {
        return find(id).orElseThrow(() -> notFound(id));
    }

    /** Returns a roll-out and locks it until the transaction ends. */
    Rollout lock(String id) {
        return jdbc.sql(SELECT + "WHERE id = ? " + dialect.rowLock())
                .param(id)
                .query((row, i) -> rollout(row))
                .optional()
                .orElseThrow(() -> notFound(id));
    }

    private static ProblemException notFound(String id) {
        return ProblemKind.ROLLOUT_NOT_FOUND
                .because("there is no roll-out '" + id + "'", "GET /api/v1/rollouts lists the roll-outs")
                .with("rollout", id);
    }

    /** Returns the active roll-out of an alias. */
    Optional<Rollout> active(String model, String alias) {
        return jdbc.sql(SELECT + "WHERE active = ?")
                .param(key(model, alias))
                .query((row, i) -> rollout(row))
                .optional();
    }

    /** Returns the active roll-outs that need a version. */
    List<Rollout> holding(String model, int version) {
        return jdbc.sql(SELECT + "WHERE active IS NOT NULL AND model = :model"
                        + " AND (version = :version OR baseline = :version) ORDER BY id")
                .param("model", model)
                .param("version", version)
                .query((row, i) -> rollout(row))
                .list();
    }

    /** Returns the ids of roll-outs that rules can advance. */
    List<String> underWay() {
        return jdbc.sql("SELECT id FROM rollout WHERE active IS NOT NULL AND state <> 'WAITING' ORDER BY id")
                .query(String.class)
                .list();
    }

    /** Returns roll-outs, newest first, starting after the given one, or with the newest if none is given. */
    List<Rollout> list(@Nullable String model, @Nullable RolloutState state, @Nullable Rollout before, int limit) {
        return jdbc.sql(SELECT + "WHERE 1 = 1"
                        + (model == null ? "" : " AND model = :model")
                        + (state == null ? "" : " AND state = :state")
                        + (before == null ? "" : " AND created_at <= :time AND (created_at < :time OR id < :id)")
                        + " ORDER BY created_at DESC, id DESC FETCH FIRST :limit ROWS ONLY")
                .param("model", model)
                .param("state", state == null ? null : state.name())
                .param("time", before == null ? null : Timestamps.of(before.createdAt()))
                .param("id", before == null ? null : before.id())
                .param("limit", limit)
                .query((row, i) -> rollout(row))
                .list();
    }

    /** Returns the roll-outs that a rule has stopped since a time, in the order of their ids, up to a limit. */
    List<Rollout> stoppedByRules(Instant since, int limit) {
        return jdbc.sql(SELECT + "WHERE id IN (SELECT rollout_id FROM rollout_event WHERE type = 'STOPPED'"
                        + " AND actor IS NULL AND happened_at >= ?) ORDER BY id FETCH FIRST ? ROWS ONLY")
                .params(Timestamps.of(since), limit)
                .query((row, i) -> rollout(row))
                .list();
    }

    /** Returns the number of roll-outs in each state. */
    Map<RolloutState, Long> states() {
        Map<RolloutState, Long> states = new EnumMap<>(RolloutState.class);
        jdbc.sql("SELECT state, COUNT(*) FROM rollout GROUP BY state").query(row -> {
            states.put(RolloutState.valueOf(row.getString(1)), row.getLong(2));
        });
        return states;
    }

    /** Returns the creation time of the roll-out that has been waiting longest for approval. */
    Optional<Instant> waitingSince() {
        return Optional.ofNullable(jdbc.sql("SELECT MIN(created_at) FROM rollout WHERE state = 'WAITING'")
                        .query((row, i) -> row.getObject(1, OffsetDateTime.class))
                        .list()
                        .get(0))
                .map(OffsetDateTime::toInstant);
    }

    /** Returns roll-outs that ended before a time and still have the rows of their devices. */
    List<Rollout> endedBefore(Instant time, int limit) {
        return jdbc.sql(SELECT
                        + "WHERE ended_at < ? AND devices_deleted_at IS NULL ORDER BY ended_at FETCH FIRST ? ROWS ONLY")
                .params(Timestamps.of(time), limit)
                .query((row, i) -> rollout(row))
                .list();
    }

    /** Stores the results of the groups of an ended roll-out, before the rows of its devices are deleted. */
    void keep(String id, List<RolloutView.GroupProgress> progress, Instant now) {
        jdbc.sql("UPDATE rollout SET progress = ?, devices_deleted_at = ? WHERE id = ? AND devices_deleted_at IS NULL")
                .params(json.writeValueAsString(progress), Timestamps.of(now), id)
                .update();
    }

    /** Returns the stored results of a roll-out's groups, after the rows of its devices were deleted. */
    List<RolloutView.GroupProgress> kept(String id) {
        String progress = jdbc.sql("SELECT progress FROM rollout WHERE id = ?")
                .param(id)
                .query(String.class)
                .single();
        return List.of(json.readValue(progress, RolloutView.GroupProgress[].class));
    }

    private Rollout rollout(ResultSet row) throws SQLException {
        return new Rollout(
                row.getString(1),
                row.getInt(2),
                json.readValue(row.getString(3), RolloutDefinition.class),
                RolloutState.valueOf(row.getString(4)),
                row.getInt(5),
                row.getString(6),
                row.getInt(7),
                row.getString(8),
                Timestamps.get(row, 9),
                row.getString(10),
                Timestamps.getNullable(row, 11),
                Timestamps.getNullable(row, 12),
                Timestamps.getNullable(row, 13));
    }

    /**
     * Inserts an exported roll-out.
     *
     * @throws DataIntegrityViolationException if its definition is invalid, or does not match the row
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
        EXPORTED.insert(batches, List.of(rollout), row -> isOver ? null : key(rules.model(), rules.alias()));
    }

    private RolloutDefinition definition(ExportedRow rollout) {
        try {
            if (rollout.get("progress") != null) {
                var unused = json.readValue(rollout.text("progress"), RolloutView.GroupProgress[].class);
            }
            RolloutDefinition rules = json.readValue(rollout.text("definition"), RolloutDefinition.class);
            Stream.of(rules.model(), rules.version(), rules.alias(), rules.groups())
                    .forEach(Objects::requireNonNull);
            return rules;
        } catch (JacksonException | NullPointerException e) {
            throw new DataIntegrityViolationException("the roll-out's JSON cannot be read", e);
        }
    }
}
