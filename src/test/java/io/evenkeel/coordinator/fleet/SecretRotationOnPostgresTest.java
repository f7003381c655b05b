package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.OnPostgres;

@OnPostgres
class SecretRotationOnPostgresTest extends SecretRotationTest {}
