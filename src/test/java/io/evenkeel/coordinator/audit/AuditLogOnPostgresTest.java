package io.evenkeel.coordinator.audit;

import io.evenkeel.coordinator.OnPostgres;

@OnPostgres
class AuditLogOnPostgresTest extends AuditLogTest {}
