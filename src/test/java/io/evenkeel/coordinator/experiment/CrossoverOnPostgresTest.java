package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class CrossoverOnPostgresTest extends CrossoverTest {}
