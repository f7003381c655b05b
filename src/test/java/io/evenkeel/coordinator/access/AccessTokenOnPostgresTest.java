package io.evenkeel.coordinator.access;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class AccessTokenOnPostgresTest extends AccessTokenTest {}
