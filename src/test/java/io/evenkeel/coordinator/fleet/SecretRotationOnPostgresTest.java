package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class SecretRotationOnPostgresTest extends SecretRotationTest {}
