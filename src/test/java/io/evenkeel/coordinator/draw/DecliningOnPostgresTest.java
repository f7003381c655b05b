package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class DecliningOnPostgresTest extends DecliningTest {}
