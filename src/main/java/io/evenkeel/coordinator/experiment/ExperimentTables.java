package io.evenkeel.coordinator.experiment;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tables of experiments as an export has them, and their import. The parameter of each query is the name of an arm's run, or null for
 * all. Works in the caller's transaction.
 */
@Component
public class ExperimentTables {

    /** The experiments. */
    public static final ExportedTable EXPERIMENTS = ExportedTable.withoutKey(
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

    /** Their arms; of one run, its arm alone. */
    public static final ExportedTable ARMS = ExportedTable.withoutKey(
            "experiment_arm",
            "FROM experiment_arm t WHERE COALESCE(CAST(? AS VARCHAR(64)), t.run) = t.run ORDER BY t.experiment,"
                    + " t.place",
            text("experiment"),
            whole("place"),
            text("name"),
            text("run"),
            text("patch"));

    private final ExperimentTable experiments;
    private final JsonMapper json;
    private final JdbcTemplate jdbc;

    ExperimentTables(ExperimentTable experiments, JsonMapper json, JdbcTemplate jdbc) {
        this.experiments = experiments;
        this.json = json;
        this.jdbc = jdbc;
    }

    /**
     * Inserts an experiment, unless it is there with other arms of it.
     *
     * @throws io.evenkeel.coordinator.platform.problem.ProblemException {@code name-taken} if another one has the name
     */
    public void insertExperiment(ExportedRow row) {
        Optional<FleetExperiment> present = experiments.find(row.text("name"));
        if (present.isEmpty()) {
            EXPERIMENTS.insert(jdbc, List.of(row));
        } else if (!isSame(present.get(), row)) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "there is another experiment named '" + row.text("name")
                                    + "' already; nothing was imported",
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
     * Inserts an arm, whose run and experiment are there.
     *
     * @throws DataIntegrityViolationException if its patch is no JSON object, or there is an arm in its place
     */
    public void insertArm(ExportedRow arm) {
        try {
            if (json.readValue(arm.text("patch"), ObjectNode.class) == null) {
                throw new DataIntegrityViolationException("the arm has no patch");
            }
        } catch (JacksonException e) {
            throw new DataIntegrityViolationException("the arm's patch cannot be read", e);
        }
        ARMS.insert(jdbc, List.of(arm));
    }
}
