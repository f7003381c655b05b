package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class LossyDownlinkOnPostgresTest extends LossyDownlinkTest {}
