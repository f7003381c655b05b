package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class StepRefusalOnPostgresTest extends StepRefusalTest {}
