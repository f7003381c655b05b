package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class RunOverviewOnPostgresTest extends RunOverviewTest {}
