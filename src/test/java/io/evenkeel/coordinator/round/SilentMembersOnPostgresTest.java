package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class SilentMembersOnPostgresTest extends SilentMembersTest {}
