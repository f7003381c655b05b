package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class CrossoverOnPostgresTest extends CrossoverTest {}
