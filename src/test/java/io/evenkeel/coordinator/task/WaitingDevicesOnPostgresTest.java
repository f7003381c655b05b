package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class WaitingDevicesOnPostgresTest extends WaitingDevicesTest {}
