package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

/** PostgreSQL accepts fewer texts and times than H2. */
@OnPostgres
@Tag("full")
class LongFuzzOnPostgresTest extends LongFuzzTest {}
