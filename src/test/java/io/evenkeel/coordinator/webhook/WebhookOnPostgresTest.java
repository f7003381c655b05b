package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class WebhookOnPostgresTest extends WebhookTest {}
