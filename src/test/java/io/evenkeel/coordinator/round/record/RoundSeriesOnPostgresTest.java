package io.evenkeel.coordinator.round.record;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class RoundSeriesOnPostgresTest extends RoundSeriesTest {}
