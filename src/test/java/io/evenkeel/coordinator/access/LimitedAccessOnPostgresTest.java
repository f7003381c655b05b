package io.evenkeel.coordinator.access;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class LimitedAccessOnPostgresTest extends LimitedAccessTest {}
