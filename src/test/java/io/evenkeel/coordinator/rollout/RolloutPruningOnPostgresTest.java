package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class RolloutPruningOnPostgresTest extends RolloutPruningTest {}
