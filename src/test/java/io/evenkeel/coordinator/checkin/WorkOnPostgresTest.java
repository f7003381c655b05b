package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class WorkOnPostgresTest extends WorkTest {}
