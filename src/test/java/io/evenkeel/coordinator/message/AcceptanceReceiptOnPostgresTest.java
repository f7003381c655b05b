package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class AcceptanceReceiptOnPostgresTest extends AcceptanceReceiptTest {}
