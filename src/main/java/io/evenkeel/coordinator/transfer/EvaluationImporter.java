package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.evaluation.EvaluationTable;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Imports evaluations with the results of devices. */
@Component
class EvaluationImporter implements SectionImporter {

    private final EvaluationTable evaluations;
    private final JdbcTemplate jdbc;

    EvaluationImporter(EvaluationTable evaluations, JdbcTemplate jdbc) {
        this.evaluations = evaluations;
        this.jdbc = jdbc;
    }

    @Override
    public Part.Section section() {
        return Part.Section.EVALUATIONS;
    }

    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        Map<String, Long> keys = new HashMap<>();
        RowBatch batch = new RowBatch((part, rows) -> part.table().insert(jdbc, rows, row -> key(keys, row)));
        records.insertAll(section(), (part, row) -> {
            if (part == Part.EVALUATION) {
                keys.put(row.text("name"), evaluations.insert(row));
                result.evaluations.add(row.text("name"));
            } else {
                batch.add(part, row);
            }
        });
        records.insert(batch::flush);
    }

    /** Returns the key of a row's evaluation. Checks that it exists, because some tables have no foreign key to it. */
    private static Long key(Map<String, Long> keys, ExportedRow row) {
        Long key = keys.get(row.text("evaluation"));
        if (key == null) {
            throw new DataIntegrityViolationException("the evaluation is not in the file");
        }
        return key;
    }
}
