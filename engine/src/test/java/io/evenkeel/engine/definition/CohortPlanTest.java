package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.CohortRules;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A field of the plan that affects messages but is not in a cohort's digest could differ between devices. A new field
 * must be classified here, and in client-sdk/FORMAT.md.
 */
class CohortPlanTest {

    private static Set<String> fields(Class<?> type) {
        Set<String> names = new HashSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            names.add(component.getName());
        }
        return names;
    }

    private static Set<String> without(Set<String> fields, String... left) {
        assertThat(fields).contains(left);
        Set<String> rest = new HashSet<>(fields);
        Arrays.asList(left).forEach(rest::remove);
        return rest;
    }

    @Test
    void everyFieldOfThePlanIsInTheDigestOrAffectsNoMessage() {
        Set<String> digested = without(fields(CohortPlan.class), "rules", "owners", "rebaseEvery", "exponent");
        // The context contains the run, the tensors determine the dimension, the staleness is always 0, and there are
        // no local steps.
        Set<String> plan = without(
                fields(PlanView.class),
                "run",
                "dimension",
                "rounds",
                "staleness",
                "localSteps",
                "maxMessageBytes",
                "algorithm",
                "secureAggregation");
        // The coordinator takes the steps; devices see the resulting model.
        Set<String> algorithm = without(fields(PlanView.AlgorithmView.class), "name", "step", "gamma");
        plan.addAll(algorithm);
        plan.add("algorithm");
        assertThat(digested).isEqualTo(plan);
    }

    @Test
    void everyFieldOfPrivacyIsInTheDigestOrFollowsFromOthers() {
        assertThat(fields(CohortPlan.Privacy.class))
                .as("devices add the noise, and count their messages themselves")
                .isEqualTo(without(fields(PlanView.PrivacyView.class), "by", "maxMessages"));
    }

    @Test
    void everyFieldOfSecureAggregationIsInTheDigest() {
        Set<String> digested = new HashSet<>(fields(CohortRules.class));
        digested.addAll(Set.of("owners", "rebaseEvery", "exponent"));
        assertThat(digested).isEqualTo(fields(PlanView.SecureAggregationView.class));
    }
}
