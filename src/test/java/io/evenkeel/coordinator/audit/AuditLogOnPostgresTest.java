package io.evenkeel.coordinator.audit;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class AuditLogOnPostgresTest extends AuditLogTest {}
