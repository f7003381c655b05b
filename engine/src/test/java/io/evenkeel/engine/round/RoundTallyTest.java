package io.evenkeel.engine.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.wire.Report;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RoundTallyTest {

    private final RoundTally tally = new RoundTally(false);

    private void add(int ordinal, long samples, Map<String, Double> metrics) {
        OptionalDouble none = OptionalDouble.empty();
        tally.add(ordinal, 1, ordinal + 1, new Report(samples, none, none, none, metrics), 100);
    }

    @Test
    void tokensAreAddedUpAndOtherMetricsAveragedOverSamples() {
        add(0, 1, Map.of("steps", 30.0, "tokens", 1024.0));
        add(1, 3, Map.of("steps", 10.0, "tokens", 512.0));
        add(2, 5, Map.of());
        assertThat(tally.metrics()).isEqualTo(Map.of("steps", 15.0, "tokens", 1536.0));
    }

    /** A relay can report the sum even if its devices report false counts. */
    @Test
    void aSumOfTokensIsACountThatACoordinatorAccepts() {
        add(0, 1, Map.of("tokens", Report.MAX_COUNT));
        add(1, 1, Map.of("tokens", 1.0));
        assertThat(tally.metrics()).isEqualTo(Map.of("tokens", Report.MAX_COUNT));
    }

    @Test
    void slopesAreAveragedByTheWeightsOfTheMembers() {
        assertThat(tally.slope()).isNaN();
        OptionalDouble none = OptionalDouble.empty();
        tally.add(0, 3, 1, new Report(7, none, none, none, Map.of(Report.SLOPE, -2.0)), 100);
        assertThat(tally.slopeChange()).isNaN();
        tally.add(1, 1, 1, new Report(9, none, none, none, Map.of(Report.SLOPE, -4.0, Report.SLOPE_CHANGE, 3.0)), 100);
        tally.add(2, 2, 1, new Report(9, none, none, none, Map.of(Report.SLOPE_CHANGE, 6.0)), 100);
        assertThat(tally.slope()).isEqualTo(-2.5);
        assertThat(tally.slopeChange()).isEqualTo(5);
    }

    @Test
    void aRoundWithoutMetricsHasNone() {
        add(0, 1, Map.of());
        assertThat(tally.metrics()).isEmpty();
    }
}
