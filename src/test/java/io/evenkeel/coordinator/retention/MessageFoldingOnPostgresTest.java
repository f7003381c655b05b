package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class MessageFoldingOnPostgresTest extends MessageFoldingTest {}
