package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RunDeletionOnPostgresTest extends RunDeletionTest {}
