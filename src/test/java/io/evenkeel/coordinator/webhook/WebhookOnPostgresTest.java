package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class WebhookOnPostgresTest extends WebhookTest {}
