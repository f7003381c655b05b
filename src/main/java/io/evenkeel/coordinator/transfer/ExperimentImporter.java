package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.experiment.ExperimentTable;
import java.io.IOException;
import org.springframework.stereotype.Component;

/** Imports experiments with the arms in the file; other arms may be in other files. */
@Component
class ExperimentImporter implements SectionImporter {

    private final ExperimentTable experiments;

    ExperimentImporter(ExperimentTable experiments) {
        this.experiments = experiments;
    }

    @Override
    public Part.Section section() {
        return Part.Section.EXPERIMENTS;
    }

    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        records.insertAll(section(), (part, row) -> {
            if (part == Part.EXPERIMENT) {
                experiments.insertExperiment(row);
                result.experiments.add(row.text("name"));
            } else {
                experiments.insertArm(row);
            }
        });
    }
}
