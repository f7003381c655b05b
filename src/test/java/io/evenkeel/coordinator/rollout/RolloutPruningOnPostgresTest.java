package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class RolloutPruningOnPostgresTest extends RolloutPruningTest {}
