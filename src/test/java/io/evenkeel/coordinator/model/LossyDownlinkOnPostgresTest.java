package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class LossyDownlinkOnPostgresTest extends LossyDownlinkTest {}
