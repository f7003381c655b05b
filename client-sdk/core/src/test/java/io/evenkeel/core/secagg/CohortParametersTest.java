package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CohortParametersTest {

    @Property
    void giveALyingCoordinatorSumsOfHalfTheHonestMembersOnly(
            @ForAll @IntRange(min = 3, max = 1_000) int members,
            @ForAll @DoubleRange(min = 0, max = 0.3) double dropout,
            @ForAll @DoubleRange(min = 0, max = 0.3) double collusion) {
        Optional<CohortParameters> found = CohortParameters.of(members, dropout, collusion);
        int colluding = (int) Math.ceil(collusion * members);
        int dropped = (int) (dropout * members);
        int k = members - 1;
        if (found.isEmpty()) {
            assertThat(3 * (k - dropped)).isLessThan(2 * k + colluding);
            return;
        }
        int t = found.get().threshold();
        assertThat(2 * t).as("both secrets of a member").isGreaterThan(k + colluding);
        assertThat(t).as("those that stay can reveal").isLessThanOrEqualTo(k - dropped);
        // Each honest member accepts at most k - t drop-outs, and a key requires t - C members that accept the same
        // one.
        int honest = members - colluding;
        int madeToDropOut = honest * (k - t) / (t - colluding);
        assertThat(2 * (honest - madeToDropOut)).isGreaterThanOrEqualTo(honest);
    }

    @Test
    void areAllOthersAndTwoThirdsOfThem() {
        assertThat(CohortParameters.of(3, 0, 0)).contains(new CohortParameters(3, 2));
        assertThat(CohortParameters.of(5, 0.1, 0.05)).contains(new CohortParameters(5, 3));
        assertThat(CohortParameters.of(20, 0.1, 0.05)).contains(new CohortParameters(20, 13));
        assertThat(CohortParameters.of(100, 0.1, 0.05)).contains(new CohortParameters(100, 68));
        assertThat(CohortParameters.of(1_000, 0.1, 0.05)).contains(new CohortParameters(1_000, 683));
    }

    @Test
    void doNotExistIfTooManyDropOutOrCollude() {
        assertThat(CohortParameters.of(100, 0.5, 0.1)).isEmpty();
        assertThat(CohortParameters.of(100, 0.1, 0.9)).isEmpty();
        assertThat(CohortParameters.of(4, 0, 1)).isEmpty();
        assertThat(CohortParameters.of(1_001, 0, 0)).isEmpty();
    }

    @Test
    void areChecked() {
        assertThatThrownBy(() -> new CohortParameters(2, 1)).hasMessageContaining("2 members");
        assertThatThrownBy(() -> new CohortParameters(10, 0)).hasMessageContaining("threshold 0");
        assertThatThrownBy(() -> new CohortParameters(10, 10)).hasMessageContaining("threshold 10");
        assertThatThrownBy(() -> new CohortParameters(1_001, 700)).hasMessageContaining("1001 members");
    }
}
