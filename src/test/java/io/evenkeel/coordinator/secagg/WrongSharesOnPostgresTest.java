package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class WrongSharesOnPostgresTest extends WrongSharesTest {}
