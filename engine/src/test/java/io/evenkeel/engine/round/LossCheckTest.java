package io.evenkeel.engine.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossCheckTest {

    private static final int MEMBERS = 4;
    private static final int ROUNDS = 60;

    /** The loss that a member reports in a round; NaN for none. */
    @FunctionalInterface
    private interface Figure {
        double of(int member, int round, double loss);
    }

    /** Descends sum (x - i)^2/2 over members i by steps of a tenth; returns the members found in each round. */
    private static List<List<Integer>> found(Figure figure) {
        return found(figure, round -> 0.1);
    }

    private static List<List<Integer>> found(Figure figure, IntToDoubleFunction size) {
        LossCheck check = new LossCheck();
        List<List<Integer>> found = new ArrayList<>();
        double x = 100;
        for (int round = 0; round < ROUNDS; round++) {
            Map<Integer, LossCheck.Report> reports = new TreeMap<>();
            double mean = 0;
            for (int i = 0; i < MEMBERS; i++) {
                double loss = figure.of(i, round, (x - i) * (x - i) / 2);
                if (!Double.isNaN(loss)) {
                    // The model moves towards lower x, so the slope along the step is -(x - i).
                    reports.put(i, new LossCheck.Report(loss, -(x - i)));
                }
                mean += (x - i) / MEMBERS;
            }
            double length = size.applyAsDouble(round) * mean;
            found.add(check.add(round, reports, length));
            x -= length;
        }
        return found;
    }

    private static List<Integer> all(List<List<Integer>> found) {
        return found.stream().flatMap(List::stream).sorted().toList();
    }

    @Test
    void doesNotReportMembersWhoseLossesMatchTheirGradients() {
        assertThat(all(found((member, round, loss) -> loss))).isEmpty();
        assertThat(all(found((member, round, loss) -> 1e9 + loss)))
                .as("any constant")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {400, -1, 1.0 / 400, 30, 0})
    void findsAllIfAllReportInAnotherUnit(double unit) {
        List<List<Integer>> found = found((member, round, loss) -> unit * loss);
        // The first round has no previous model, and the second no previous step.
        assertThat(all(found)).isEqualTo(unit == -1 ? List.of() : List.of(0, 1, 2, 3));
        if (unit != -1) {
            assertThat(found.get(1 + 2 * LossCheck.WINDOW)).isEqualTo(List.of(0, 1, 2, 3));
        }
    }

    @Test
    void namesTheMemberThatDiffersFromTheOthers() {
        assertThat(all(found((member, round, loss) -> member == 2 ? 400 * loss : loss)))
                .containsExactly(2);
        assertThat(all(found((member, round, loss) -> member == 1 ? 1e6 * Math.pow(0.999, round) : loss)))
                .containsExactly(1);
    }

    @Test
    void noiseIsNotAReason() {
        Random random = new Random(7);
        assertThat(all(found((member, round, loss) -> loss + 1e5 * random.nextGaussian())))
                .isEmpty();
    }

    @Test
    void aMemberIsNotReportedForMissingRounds() {
        assertThat(all(found((member, round, loss) -> round % 5 == member ? Double.NaN : 400 * loss)))
                .isEmpty();
    }

    @Test
    void doesNotReportAStationaryRunWhoseLossesAreRounded() {
        assertThat(all(found((member, round, loss) -> (float) (1e6 + loss), round -> 1e-6)))
                .isEmpty();
    }

    @Test
    void aRoundThatIsAddedAgainChangesNothing() {
        LossCheck once = new LossCheck();
        LossCheck twice = new LossCheck();
        for (int round = 0; round < ROUNDS; round++) {
            Map<Integer, LossCheck.Report> reports = Map.of(3, new LossCheck.Report(-1000.0 * round, -1));
            List<Integer> found = once.add(round, reports, 1);
            assertThat(twice.add(round, reports, 1)).isEqualTo(found);
            assertThat(twice.add(round, reports, 1)).isEqualTo(found);
        }
    }
}
