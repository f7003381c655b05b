package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.testing.OnPostgres;

/** PostgreSQL accepts fewer texts and times than H2. */
@OnPostgres
class LongFuzzOnPostgresTest extends LongFuzzTest {}
