package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/**
 * The tables of evaluations as an export has them, and their import. The parameter of each query is what they measure, {@link #ofRun} or
 * {@link #ofModel}, or null for all. Works in the caller's transaction.
 */
@Component
public class EvaluationTables {

    private static final String SUBJECT = "CASE WHEN e.model IS NULL THEN 'run/' || e.run ELSE 'model/' || e.model END";
    private static final String CHOSEN = " WHERE COALESCE(CAST(? AS VARCHAR(80)), " + SUBJECT + ") = " + SUBJECT;
    private static final String OF_CHOSEN = " JOIN evaluation e ON e.id = t.evaluation" + CHOSEN + " ORDER BY e.id, ";

    /** The evaluations. */
    public static final ExportedTable EVALUATIONS = ExportedTable.withoutKey(
            "evaluation",
            "FROM evaluation t JOIN evaluation e ON e.id = t.id" + CHOSEN + " ORDER BY t.id",
            text("name"),
            text("model"),
            whole("version"),
            text("run"),
            whole("round_number"),
            text("selector"),
            text("seed"),
            real("share"),
            whole("least"),
            whole("most"),
            text("breakdown"),
            text("goals"),
            whole("results"),
            time("deadline"),
            text("created_by"),
            time("created_at"),
            time("cancelled_at"),
            time("ended_at"),
            bytes("report"),
            time("results_deleted_at"));

    /** Which devices have sent a result. */
    public static final ExportedTable RESULTS = ofEvaluations(
            "evaluation_result", "t.client_id", text("evaluation").from("e.name"), text("client_id"), text("digest"));

    /** The metrics in the results. */
    public static final ExportedTable VALUES = ofEvaluations(
            "evaluation_value",
            "t.client_id, t.metric",
            text("evaluation").from("e.name"),
            text("client_id"),
            text("metric"),
            real("amount"),
            whole("samples"));

    /** What the devices had of the attributes by which results are grouped. */
    public static final ExportedTable GROUPS = ofEvaluations(
            "evaluation_group",
            "t.client_id, t.name",
            text("evaluation").from("e.name"),
            text("client_id"),
            text("name"),
            text("text"));

    private final EvaluationTable evaluations;
    private final JdbcTemplate jdbc;

    EvaluationTables(EvaluationTable evaluations, JdbcTemplate jdbc) {
        this.evaluations = evaluations;
        this.jdbc = jdbc;
    }

    private static ExportedTable ofEvaluations(String name, String order, ExportedColumn... columns) {
        return ExportedTable.of(name, "evaluation", "FROM " + name + " t" + OF_CHOSEN + order, columns);
    }

    /** Names the evaluations of a run's models, other than of registered ones. */
    public static String ofRun(String run) {
        return "run/" + run;
    }

    /** Names the evaluations of a registered model's versions. */
    public static String ofModel(String model) {
        return "model/" + model;
    }

    /**
     * Inserts an evaluation and returns its key. One that is open takes results here, too.
     *
     * @throws io.evenkeel.coordinator.platform.problem.ProblemException {@code name-taken}
     * @throws DataIntegrityViolationException if the row is none of an evaluation
     */
    public long insert(ExportedRow evaluation) {
        String name = evaluation.text("name");
        if (evaluations.exists(name)) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "there is an evaluation named '" + name + "' already; nothing was imported",
                            "import it into another coordinator")
                    .with("field", "name");
        }
        long key = EVALUATIONS.insertForId(jdbc, evaluation, null);
        try {
            var unused = evaluations.find(name);
            var unusedReport = evaluations.reported(key);
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw new DataIntegrityViolationException("the row is none of an evaluation", e);
        }
        return key;
    }
}
