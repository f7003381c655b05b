package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.rollout.RolloutChanges;
import io.evenkeel.coordinator.rollout.RolloutTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Imports roll-outs, and pauses those that were running. */
@Component
class RolloutImporter implements SectionImporter {

    private final RolloutTable rollouts;
    private final RolloutChanges changes;
    private final JdbcTemplate jdbc;

    RolloutImporter(RolloutTable rollouts, RolloutChanges changes, JdbcTemplate jdbc) {
        this.rollouts = rollouts;
        this.changes = changes;
        this.jdbc = jdbc;
    }

    @Override
    public Part.Section section() {
        return Part.Section.ROLLOUTS;
    }

    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        List<ExportedRow> imported = new ArrayList<>();
        RowBatch batch = new RowBatch((part, rows) -> part.table().insert(jdbc, rows));
        records.insertAll(section(), (part, row) -> {
            if (part == Part.ROLLOUT) {
                rollouts.insert(row);
                imported.add(row);
            } else {
                batch.add(part, row);
            }
        });
        records.insert(() -> {
            batch.flush();
            for (ExportedRow rollout : imported) {
                result.rollouts.add(rollout.text("id"));
                if (changes.pauseIfRunning(rollout, result.by())) {
                    result.paused.add("roll-out " + rollout.text("id"));
                }
            }
        });
    }
}
