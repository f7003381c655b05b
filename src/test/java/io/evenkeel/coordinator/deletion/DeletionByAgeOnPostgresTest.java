package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class DeletionByAgeOnPostgresTest extends DeletionByAgeTest {}
