package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;

@OnPostgres
@Tag("full")
class EvaluationEndOnPostgresTest extends EvaluationEndTest {}
