package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class ModelRegistryOnPostgresTest extends ModelRegistryTest {}
