package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class RevocationOnPostgresTest extends RevocationTest {}
