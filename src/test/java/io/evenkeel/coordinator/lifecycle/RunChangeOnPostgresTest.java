package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class RunChangeOnPostgresTest extends RunChangeTest {}
