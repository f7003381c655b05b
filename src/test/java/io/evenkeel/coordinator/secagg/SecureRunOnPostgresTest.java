package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class SecureRunOnPostgresTest extends SecureRunTest {}
