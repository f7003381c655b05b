package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class RunRevisionOnPostgresTest extends RunRevisionTest {}
