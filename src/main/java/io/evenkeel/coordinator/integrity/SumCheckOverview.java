package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.engine.permission.RunPatterns;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Reports runs whose last verification found a difference or damaged data. Thread-safe. */
@Component
class SumCheckOverview implements OverviewSource {

    private static final int MAX_CHECKS = 200;

    private final SumChecks checks;

    SumCheckOverview(SumChecks checks) {
        this.checks = checks;
    }

    @Override
    public List<WaitingItem> waiting(RunPatterns readers, Instant now) {
        return checks.newest(MAX_CHECKS).stream()
                .filter(check -> check.outcome() != SumCheck.Outcome.AGREES && readers.contain(check.run()))
                .map(check -> new WaitingItem(
                        WaitingCode.RUN_DAMAGED,
                        true,
                        Subject.RUN,
                        check.run(),
                        check.at(),
                        check.outcome() == SumCheck.Outcome.DIFFERS
                                ? "its last verification found that its sum differs from that of its messages"
                                : "its last verification found damaged stored data",
                        "evenkeel runs audit " + check.run()))
                .toList();
    }
}
