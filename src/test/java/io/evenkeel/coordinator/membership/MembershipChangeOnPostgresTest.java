package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class MembershipChangeOnPostgresTest extends MembershipChangeTest {}
