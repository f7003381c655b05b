package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class RolloutOnPostgresTest extends RolloutTest {}
