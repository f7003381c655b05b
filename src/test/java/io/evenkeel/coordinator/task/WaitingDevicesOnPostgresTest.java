package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class WaitingDevicesOnPostgresTest extends WaitingDevicesTest {}
