package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class HistoryChainOnPostgresTest extends HistoryChainTest {}
