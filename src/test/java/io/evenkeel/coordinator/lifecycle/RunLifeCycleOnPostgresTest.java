package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RunLifeCycleOnPostgresTest extends RunLifeCycleTest {}
