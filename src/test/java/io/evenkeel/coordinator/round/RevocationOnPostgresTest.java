package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.OnPostgres;

@OnPostgres
class RevocationOnPostgresTest extends RevocationTest {}
