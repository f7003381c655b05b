package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class MembershipChangeOnPostgresTest extends MembershipChangeTest {}
