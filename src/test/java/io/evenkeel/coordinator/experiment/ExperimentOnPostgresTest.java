package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class ExperimentOnPostgresTest extends ExperimentTest {}
