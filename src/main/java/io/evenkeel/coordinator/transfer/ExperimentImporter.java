package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.experiment.ExperimentTables;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import java.io.IOException;
import org.springframework.stereotype.Component;

/** Imports experiments with those of their arms whose runs are in the file; the others may come with other files. */
@Component
class ExperimentImporter implements SectionImporter {

    private final ExperimentTables experiments;

    ExperimentImporter(ExperimentTables experiments) {
        this.experiments = experiments;
    }

    @Override
    public Part.Section section() {
        return Part.Section.EXPERIMENTS;
    }

    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        while (records.isIn(section())) {
            ExportFileReader.Entry next = records.take();
            Part part = next.part();
            ExportedRow row = next.row();
            records.insert(() -> {
                if (part == Part.EXPERIMENT) {
                    experiments.insertExperiment(row);
                    result.experiments.add(row.text("name"));
                } else {
                    experiments.insertArm(row);
                }
            });
        }
    }
}
