package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RunRevisionOnPostgresTest extends RunRevisionTest {}
