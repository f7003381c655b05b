package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.registry.RegistryTables;
import java.io.IOException;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Imports a registered model with its versions, their files, and the history of its aliases. */
@Component
class ModelImporter implements SectionImporter {

    private final RegistryTables registry;
    private final JdbcTemplate jdbc;

    ModelImporter(RegistryTables registry, JdbcTemplate jdbc) {
        this.registry = registry;
        this.jdbc = jdbc;
    }

    @Override
    public Part.Section section() {
        return Part.Section.MODEL;
    }

    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        ExportFileReader.Entry first = records.take();
        ExportedRow model = first.row();
        if (first.part() != Part.MODEL) {
            throw records.refused("a version or an alias comes before its model");
        }
        records.insert(() -> registry.insertModel(model));
        result.models.add(model.text("name"));
        while (records.isIn(section()) && records.peek() != Part.MODEL) {
            ExportFileReader.Entry next = records.take();
            Part part = next.part();
            ExportedRow row = next.row();
            if (part == Part.VERSION_FILE) {
                throw records.refused("a piece of a file comes before its version");
            }
            if (!row.text("model").equals(model.text("name"))) {
                throw records.refused("the row does not belong to model '" + model.text("name") + "'");
            }
            if (part == Part.VERSION) {
                if (row.whole("version") > model.whole("last_version")) {
                    throw records.refused("the version's number is larger than the model's newest");
                }
                records.insert(() -> registry.insertVersion(row, new VersionFileStream(records)));
            } else {
                records.insert(() -> RegistryTables.ALIAS_CHANGES.insert(jdbc, List.of(row)));
            }
        }
    }
}
