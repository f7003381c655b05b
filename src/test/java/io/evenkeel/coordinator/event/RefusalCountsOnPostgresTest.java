package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RefusalCountsOnPostgresTest extends RefusalCountsTest {}
