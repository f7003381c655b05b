package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.definition.PrivacyTerms;
import io.evenkeel.engine.run.Run;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads how much of their privacy budgets the devices of private runs have spent. Works in the caller's transaction. Thread-safe. */
@Component
class PrivacySpentReader {

    private final PlanCache plans;
    private final RoundMembers members;
    private final DatasetSpending spending;

    PrivacySpentReader(PlanCache plans, RoundMembers members, DatasetSpending spending) {
        this.plans = plans;
        this.members = members;
        this.spending = spending;
    }

    /** Returns the budget spent by the devices of a run; null if the run is not private. */
    RunView.@Nullable PrivacySpent of(Run run) {
        PrivacyTerms privacy = plans.of(run).privacy();
        return privacy == null
                ? null
                : RunView.PrivacySpent.of(
                        privacy, members.mostMessages(run.id()), Objects.requireNonNull(spending.mostSpent(run.id())));
    }
}
