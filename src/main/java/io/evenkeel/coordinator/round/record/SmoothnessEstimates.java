package io.evenkeel.coordinator.round.record;

import io.evenkeel.core.smoothness.Envelope;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Estimates L0 and L1 of a live run from the ratios that devices report: the envelope of the largest ratio of each of the last
 * 500 rounds with any, over the norm of the gradient reported with it. The largest ratio represents its round, so the
 * estimate is conservative. Thread-safe.
 */
@Component
public class SmoothnessEstimates {

    private static final int MAX_ROUNDS = 500;

    private final RoundRecords records;

    SmoothnessEstimates(RoundRecords records) {
        this.records = records;
    }

    /** Returns the envelope, which takes some milliseconds; empty while fewer than 20 rounds have ratios. */
    public Optional<Envelope.Line> line(long run) {
        List<RoundRecords.Ratio> ratios = records.newestRatios(run, MAX_ROUNDS);
        return ratios.size() < Envelope.MIN_POINTS
                ? Optional.empty()
                : Optional.of(Envelope.line(norms(ratios), values(ratios)));
    }

    /** Returns the envelope with its intervals, which takes some tenths of a second. */
    SmoothnessEstimate estimate(String name, long run) {
        List<RoundRecords.Ratio> ratios = records.newestRatios(run, MAX_ROUNDS);
        return ratios.size() < Envelope.MIN_POINTS
                ? SmoothnessEstimate.none(name, ratios.size())
                : SmoothnessEstimate.of(
                        name,
                        ratios.get(ratios.size() - 1).round(),
                        ratios.get(0).round(),
                        Envelope.fit(norms(ratios), values(ratios)));
    }

    private static double[] norms(List<RoundRecords.Ratio> ratios) {
        return ratios.stream().mapToDouble(RoundRecords.Ratio::norm).toArray();
    }

    private static double[] values(List<RoundRecords.Ratio> ratios) {
        return ratios.stream().mapToDouble(RoundRecords.Ratio::ratio).toArray();
    }
}
