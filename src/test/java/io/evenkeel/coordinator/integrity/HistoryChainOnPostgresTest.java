package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class HistoryChainOnPostgresTest extends HistoryChainTest {}
