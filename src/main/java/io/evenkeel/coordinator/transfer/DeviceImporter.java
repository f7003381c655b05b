package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.fleet.FleetTables;
import java.io.IOException;
import org.springframework.stereotype.Component;

/** Imports devices; skips those that already exist. */
@Component
class DeviceImporter implements SectionImporter {

    private final FleetTables fleet;

    DeviceImporter(FleetTables fleet) {
        this.fleet = fleet;
    }

    @Override
    public Part.Section section() {
        return Part.Section.DEVICES;
    }

    @Override
    public void read(RecordCursor records, ImportResult result) throws IOException {
        records.insertAll(section(), (part, row) -> {
            if (part == Part.TOKEN) {
                fleet.insertToken(row);
            } else if (part == Part.CLIENT) {
                fleet.insertClient(row);
            } else {
                fleet.insertProfile(row);
            }
        });
    }
}
