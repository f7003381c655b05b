package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.testing.OnPostgres;

@OnPostgres
class EvaluationEndOnPostgresTest extends EvaluationEndTest {}
