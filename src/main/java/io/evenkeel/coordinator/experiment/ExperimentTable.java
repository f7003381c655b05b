package io.evenkeel.coordinator.experiment;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.experiment.Assignment;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.problem.ProblemKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tables {@code experiment} and {@code experiment_arm}. Works in the caller's transaction. */
@Component
public class ExperimentTable {

    /** The experiments; the query's parameter is the name of an arm's run, or null for all. */
    public static final ExportedTable EXPORTED = ExportedTable.withoutKey(
                    "experiment",
                    "FROM experiment t WHERE t.name IN (SELECT a.experiment FROM experiment_arm a"
                            + " WHERE COALESCE(CAST(? AS VARCHAR(64)), a.run) = a.run) ORDER BY t.name",
                    text("name"),
                    text("assignment"),
                    real("share"),
                    text("seed"),
                    text("created_by"),
                    time("created_at"),
                    whole("block"))
            .verifiedBy(row -> row.isNamed("assignment", Assignment.class)
                    && (row.get("block") != null) == row.text("assignment").equals(Assignment.CROSSOVER.name()));

    /** The arms of the experiments; for a run, only its arm. The query's parameter is the run's name, or null for all. */
    public static final ExportedTable ARMS = ExportedTable.withoutKey(
            "experiment_arm",
            "FROM experiment_arm t WHERE COALESCE(CAST(? AS VARCHAR(64)), t.run) = t.run ORDER BY t.experiment,"
                    + " t.place",
            text("experiment"),
            whole("place"),
            text("name"),
            text("run"),
            text("patch"));

    private static final String SELECT =
            "SELECT name, assignment, share, seed, block, created_by, created_at FROM experiment ";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    ExperimentTable(JdbcTemplate jdbc, JsonMapper json) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.json = json;
    }

    /**
     * Inserts an experiment with its arms, whose runs must exist.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code name-taken}
     */
    void insert(FleetExperiment experiment) {
        try {
            jdbc.sql("INSERT INTO experiment (name, assignment, share, seed, block, created_by, created_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                    .param(experiment.name())
                    .param(experiment.assignment().name())
                    .param(experiment.share())
                    .param(experiment.seed())
                    .param(experiment.block())
                    .param(experiment.createdBy())
                    .param(Timestamps.of(experiment.createdAt()))
                    .update();
        } catch (DuplicateKeyException e) {
            throw ProblemKind.NAME_TAKEN
                    .because("experiment '" + experiment.name() + "' already exists", "choose another name")
                    .with("field", "name");
        }
        for (int i = 0; i < experiment.arms().size(); i++) {
            FleetExperiment.Arm arm = experiment.arms().get(i);
            jdbc.sql("INSERT INTO experiment_arm (experiment, place, name, run, patch) VALUES (?, ?, ?, ?, ?)")
                    .param(experiment.name())
                    .param(i)
                    .param(arm.name())
                    .param(arm.run())
                    .param(json.writeValueAsString(arm.patch()))
                    .update();
        }
    }

    /** Returns an experiment by its name. */
    Optional<FleetExperiment> find(String name) {
        return jdbc.sql(SELECT + "WHERE name = ?")
                .param(name)
                .query((row, i) -> experiment(row))
                .optional();
    }

    /**
     * Returns up to {@code limit} experiments, newest first.
     *
     * @param run only the experiment that has this run as an arm; all if null
     * @param search part of the name, may be empty
     * @param readers only those whose runs the reader may use
     */
    List<FleetExperiment> list(String search, @Nullable String run, RunPatterns readers, int limit) {
        return jdbc.sql(SELECT
                        + "WHERE (CAST(:run AS VARCHAR(64)) IS NULL OR name IN (SELECT experiment FROM experiment_arm"
                        + " WHERE run = :run)) AND POSITION(:search IN name) > 0"
                        + (readers.areAll() ? "" : " AND " + readers.conditionOnArms("name"))
                        + " ORDER BY created_at DESC, name LIMIT :limit")
                .param("run", run)
                .param("search", search)
                .params(readers.parameters())
                .param("limit", limit)
                .query((row, i) -> experiment(row))
                .list();
    }

    /** Deletes an experiment with its arms; the arms' runs stay. */
    void delete(String name) {
        jdbc.sql("DELETE FROM experiment WHERE name = ?").param(name).update();
    }

    private FleetExperiment experiment(ResultSet row) throws SQLException {
        String name = row.getString(1);
        return new FleetExperiment(
                name,
                Assignment.valueOf(row.getString(2)),
                row.getDouble(3),
                row.getString(4),
                row.getObject(5, Integer.class),
                row.getString(6),
                Timestamps.get(row, 7),
                arms(name));
    }

    private List<FleetExperiment.Arm> arms(String experiment) {
        return jdbc.sql("SELECT name, run, patch FROM experiment_arm WHERE experiment = ? ORDER BY place")
                .param(experiment)
                .query((row, i) -> new FleetExperiment.Arm(
                        row.getString(1), row.getString(2), json.readValue(row.getString(3), ObjectNode.class)))
                .list();
    }

    /**
     * Inserts an exported experiment, unless the import of another arm has already inserted it.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code name-taken} if another experiment has the
     *     name
     */
    public void insertExperiment(ExportedRow row) {
        Optional<FleetExperiment> present = find(row.text("name"));
        if (present.isEmpty()) {
            EXPORTED.insert(batches, List.of(row));
        } else if (!isSame(present.get(), row)) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "another experiment named '" + row.text("name") + "' already exists; nothing was imported",
                            "import it into another coordinator, or delete the experiment here")
                    .with("field", "name");
        }
    }

    private static boolean isSame(FleetExperiment present, ExportedRow row) {
        return present.assignment().name().equals(row.text("assignment"))
                && Double.compare(present.share(), row.real("share")) == 0
                && present.seed().equals(row.text("seed"))
                && (present.block() == null ? -1 : present.block()) == row.whole("block")
                && present.createdBy().equals(row.text("created_by"))
                && row.get("created_at") instanceof OffsetDateTime time
                && present.createdAt().equals(time.toInstant());
    }

    /**
     * Inserts an exported arm, whose run and experiment must exist.
     *
     * @throws DataIntegrityViolationException if its patch is not a JSON object, or its position is taken
     */
    public void insertArm(ExportedRow arm) {
        try {
            if (json.readValue(arm.text("patch"), ObjectNode.class) == null) {
                throw new DataIntegrityViolationException("the arm has no patch");
            }
        } catch (JacksonException e) {
            throw new DataIntegrityViolationException("the arm's patch cannot be read", e);
        }
        ARMS.insert(batches, List.of(arm));
    }
}
