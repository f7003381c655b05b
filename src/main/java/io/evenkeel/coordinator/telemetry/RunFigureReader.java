package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.round.record.SmoothnessEstimates;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.core.smoothness.Envelope;
import io.evenkeel.engine.run.RunRow;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads a run's figures from the database. Thread-safe. */
@Component
class RunFigureReader {

    private final RoundMembers members;
    private final RoundRecords records;
    private final SmoothnessEstimates estimates;
    private final RunRules rules;
    private final DatasetSpending spending;
    private final Clock clock;

    RunFigureReader(
            RoundMembers members,
            RoundRecords records,
            SmoothnessEstimates estimates,
            RunRules rules,
            DatasetSpending spending,
            Clock clock) {
        this.members = members;
        this.records = records;
        this.estimates = estimates;
        this.rules = rules;
        this.spending = spending;
        this.clock = clock;
    }

    /**
     * Returns the figures of a run.
     *
     * @param before the previous figures, null if there are none; avoids estimating L0 and L1 again within a round
     */
    RunGaugeValues read(RunRow row, @Nullable RunGaugeValues before) {
        Envelope.Line line = before == null || before.estimatedIn() != row.round()
                ? estimates.line(row.id()).orElse(null)
                : before.smoothness();
        return new RunGaugeValues(
                row.state(),
                row.stopReason(),
                row.round(),
                rules.open(row).maxTime(),
                Objects.requireNonNull(row.openedAt(), "an active run has been started"),
                row.accepted(),
                row.extended(),
                row.isStalled(clock.instant()),
                members.count(row.id(), row.round()),
                records.newest(row.id()).orElse(null),
                line,
                row.round(),
                epsilon(row.id()));
    }

    private double epsilon(long run) {
        Double spent = spending.mostSpent(run);
        return spent == null ? Double.NaN : spent;
    }
}
