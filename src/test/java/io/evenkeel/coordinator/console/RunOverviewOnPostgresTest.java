package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RunOverviewOnPostgresTest extends RunOverviewTest {}
