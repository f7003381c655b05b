package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@Tag("full")
@OnPostgres
class EvaluationOnPostgresTest extends EvaluationTest {}
