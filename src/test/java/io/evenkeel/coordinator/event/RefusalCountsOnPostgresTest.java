package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class RefusalCountsOnPostgresTest extends RefusalCountsTest {}
