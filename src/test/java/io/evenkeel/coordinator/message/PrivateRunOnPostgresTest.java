package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class PrivateRunOnPostgresTest extends PrivateRunTest {}
