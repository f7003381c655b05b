package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.OnPostgres;

@OnPostgres
class AccessTokenOnPostgresTest extends AccessTokenTest {}
