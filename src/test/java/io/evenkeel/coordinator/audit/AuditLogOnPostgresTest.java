package io.evenkeel.coordinator.audit;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class AuditLogOnPostgresTest extends AuditLogTest {}
