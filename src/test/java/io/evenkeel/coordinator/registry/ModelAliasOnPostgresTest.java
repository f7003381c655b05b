package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class ModelAliasOnPostgresTest extends ModelAliasTest {}
