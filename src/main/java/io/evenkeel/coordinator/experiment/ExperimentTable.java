package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.access.permission.RunPatterns;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tables {@code experiment} and {@code experiment_arm}. Works in the caller's transaction. */
@Component
class ExperimentTable {

    private static final String SELECT =
            "SELECT name, assignment, share, seed, block, created_by, created_at FROM experiment ";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    ExperimentTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Inserts an experiment with its arms, whose runs exist.
     *
     * @throws io.evenkeel.coordinator.platform.problem.ProblemException {@code name-taken}
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
                    .param(experiment.createdAt().atOffset(ZoneOffset.UTC))
                    .update();
        } catch (DuplicateKeyException e) {
            throw ProblemKind.NAME_TAKEN
                    .because("there is an experiment named '" + experiment.name() + "' already", "choose another name")
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
     * @param run only the one with an arm of this run; all if null
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
                row.getObject(7, OffsetDateTime.class).toInstant(),
                arms(name));
    }

    private List<FleetExperiment.Arm> arms(String experiment) {
        return jdbc.sql("SELECT name, run, patch FROM experiment_arm WHERE experiment = ? ORDER BY place")
                .param(experiment)
                .query((row, i) -> new FleetExperiment.Arm(
                        row.getString(1), row.getString(2), json.readValue(row.getString(3), ObjectNode.class)))
                .list();
    }
}
