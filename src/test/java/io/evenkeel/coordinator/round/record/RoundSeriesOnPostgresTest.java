package io.evenkeel.coordinator.round.record;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RoundSeriesOnPostgresTest extends RoundSeriesTest {}
