package io.evenkeel.client;

import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.CohortRules;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The digest of the plan of a {@link TestCoordinator} and of the model of its open round. */
final class TestBasis {

    private TestBasis() {}

    static CohortBasis of(TestCoordinator run) {
        return CohortBasis.of(plan(run, Objects.requireNonNull(run.cohort)), out -> out.write(run.floats()));
    }

    private static CohortPlan plan(TestCoordinator run, TestCohort cohort) {
        return new CohortPlan(
                TestCoordinator.LAYOUT.tensors(),
                "test",
                run.feedbackInPlan,
                run.eta,
                run.horizon,
                run.compressor,
                run.downlink(),
                TestCoordinator.SEED,
                List.of(TestCohort.OWNER.publicKey()),
                new CohortRules(cohort.size, 2 * cohort.size, 0.1, 0.05),
                cohort.rebase.every(),
                TestCohort.EXPONENT,
                run.privacy == null ? null : privacy(run.privacy));
    }

    private static CohortPlan.Privacy privacy(Map<String, Object> privacy) {
        @Nullable Double epsilon = (Double) privacy.get("epsilon");
        return new CohortPlan.Privacy(
                (String) Objects.requireNonNull(privacy.get("mechanism")),
                (Double) Objects.requireNonNull(privacy.get("delta")),
                epsilon);
    }
}
