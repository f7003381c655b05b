package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class ModelAliasOnPostgresTest extends ModelAliasTest {}
