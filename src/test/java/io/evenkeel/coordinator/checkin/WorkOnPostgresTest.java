package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class WorkOnPostgresTest extends WorkTest {}
