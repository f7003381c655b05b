package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.round.RoundRecords;
import io.evenkeel.coordinator.round.SmoothnessEstimates;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.smoothness.Envelope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads a run's figures from the database. Thread-safe. */
@Component
class RunFigureReader {

    private final RunFigureQueries rows;
    private final RoundRecords records;
    private final SmoothnessEstimates estimates;
    private final PlanCache plans;

    RunFigureReader(RunFigureQueries rows, RoundRecords records, SmoothnessEstimates estimates, PlanCache plans) {
        this.rows = rows;
        this.records = records;
        this.estimates = estimates;
        this.plans = plans;
    }

    /**
     * Returns the figures of a run.
     *
     * @param before the figures read before, null if there are none; spares estimating L0 and L1 again within a round
     */
    RunFigures read(RunFigureQueries.RunRow row, @Nullable RunFigures before) {
        Envelope.Line line = before == null || before.estimatedIn() != row.round()
                ? estimates.line(row.id()).orElse(null)
                : before.smoothness();
        return new RunFigures(
                row.state(),
                row.round(),
                plans.of(row.id()).maxTime(),
                row.openedAt(),
                row.accepted(),
                row.extended(),
                rows.members(row.id(), row.round()),
                records.newest(row.id()).orElse(null),
                line,
                row.round());
    }
}
