package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.OnPostgres;

/** PostgreSQL takes fewer texts and times than H2. */
@OnPostgres
class LongFuzzOnPostgresTest extends LongFuzzTest {}
