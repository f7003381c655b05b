package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class RoundClosingOnPostgresTest extends RoundClosingTest {}
