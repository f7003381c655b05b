package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CohortParametersTest {

    private static BigInteger choose(int n, int k) {
        BigInteger result = BigInteger.ONE;
        for (int i = 1; i <= k; i++) {
            result = result.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
        }
        return n < k ? BigInteger.ZERO : result;
    }

    /** The hypergeometric tail in exact integers. */
    private static double exactTail(int all, int marked, int drawn, int atLeast) {
        BigInteger hits = BigInteger.ZERO;
        for (int i = Math.max(0, atLeast); i <= Math.min(drawn, marked); i++) {
            hits = hits.add(choose(marked, i).multiply(choose(all - marked, drawn - i)));
        }
        return new BigDecimal(hits)
                .divide(new BigDecimal(choose(all, drawn)), MathContext.DECIMAL64)
                .doubleValue();
    }

    @Property(tries = 200)
    void computesTheProbabilitiesThatExactArithmeticGives(
            @ForAll @IntRange(min = 1, max = 120) int all,
            @ForAll @DoubleRange(min = 0, max = 1) double markedShare,
            @ForAll @DoubleRange(min = 0, max = 1) double drawnShare,
            @ForAll @IntRange(min = -2, max = 60) int atLeast) {
        int marked = (int) (markedShare * all);
        int drawn = (int) (drawnShare * all);
        double exact = exactTail(all, marked, drawn, atLeast);
        assertThat(new Hypergeometric(all).atLeast(atLeast, marked, drawn)).isCloseTo(exact, within(1e-10 * exact));
    }

    @Property(tries = 40)
    void keepTheSecretsAndEndWithinTheBounds(
            @ForAll @IntRange(min = 3, max = 300) int members,
            @ForAll @DoubleRange(min = 0, max = 0.3) double dropout,
            @ForAll @DoubleRange(min = 0, max = 0.3) double collusion) {
        Optional<CohortParameters> found = CohortParameters.of(members, dropout, collusion);
        int colluding = (int) Math.ceil(collusion * members);
        int dropped = (int) Math.ceil(dropout * members);
        if (found.isEmpty()) {
            // Then not even everyone as a neighbour is enough.
            assertThat(2 * (members - 1 - dropped)).isLessThanOrEqualTo(members - 1 + colluding + 1);
            return;
        }
        CohortParameters parameters = found.get();
        int k = parameters.neighbours();
        int t = parameters.threshold();
        assertThat(2 * t).isGreaterThan(k);
        assertThat(members * exactTail(members - 1, colluding, k, 2 * t - k)).isLessThanOrEqualTo(0x1.0001p-40);
        assertThat(members * exactTail(members - 1, dropped, k, k - t + 1)).isLessThanOrEqualTo(0x1.0001p-20);
    }

    @Test
    void growMuchLessThanTheCohort() {
        assertThat(CohortParameters.of(100, 0.2, 0.1)).contains(new CohortParameters(100, 52, 32));
        assertThat(CohortParameters.of(1_000, 0.2, 0.1)).contains(new CohortParameters(1_000, 196, 125));
        assertThat(CohortParameters.of(10_000, 0.2, 0.1).orElseThrow().neighbours())
                .isLessThan(300);
    }

    @Test
    void areAllOthersWhereFewerAreNotEnough() {
        assertThat(CohortParameters.of(3, 0, 0)).contains(new CohortParameters(3, 2, 2));
        assertThat(CohortParameters.of(20, 0.3, 0.3)).contains(new CohortParameters(20, 19, 13));
    }

    @Test
    void doNotExistIfTooManyDropOutOrCollude() {
        assertThat(CohortParameters.of(100, 0.5, 0.1)).isEmpty();
        assertThat(CohortParameters.of(100, 0.1, 0.9)).isEmpty();
    }

    @Test
    void areChecked() {
        assertThatThrownBy(() -> new CohortParameters(2, 1, 1)).hasMessageContaining("2 members");
        assertThatThrownBy(() -> new CohortParameters(10, 5, 3)).hasMessageContaining("5 neighbours");
        assertThatThrownBy(() -> new CohortParameters(10, 4, 5)).hasMessageContaining("threshold 5");
        assertThatThrownBy(() -> new CohortParameters(2_000, 1_002, 600)).hasMessageContaining("1002 neighbours");
    }
}
