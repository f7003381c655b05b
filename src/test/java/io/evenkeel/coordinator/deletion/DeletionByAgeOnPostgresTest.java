package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class DeletionByAgeOnPostgresTest extends DeletionByAgeTest {}
