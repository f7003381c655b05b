package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RunRevisionOnPostgresTest extends RunRevisionTest {}
