package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class PrivateRunOnPostgresTest extends PrivateRunTest {}
