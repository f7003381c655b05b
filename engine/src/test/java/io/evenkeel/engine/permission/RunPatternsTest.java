package io.evenkeel.engine.permission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunPatternsTest {

    @ParameterizedTest
    @CsvSource({
        "digits,    digits,      true",
        "digits,    digits-2,    false",
        "digits,    digit,       false",
        "fleet-a-*, fleet-a-1,   true",
        "fleet-a-*, fleet-a-,    true",
        "fleet-a-*, fleet-a,     false",
        "fleet-a-*, fleet-b-1,   false",
        "*,         anything,    true"
    })
    void containsTheNameItselfOrNamesWithThePrefix(String pattern, String run, boolean contained) {
        assertThat(new RunPatterns(List.of("other", pattern)).contain(run)).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource({
        "fleet-a-*, fleet-a,    true",
        "fleet-a-*, fleet-a-lr, true",
        "fleet-*,   fleet-a,    true",
        "fleet-a-*, fleet-,     false",
        "fleet-ab*, fleet-a,    false",
        "fleet-a-,  fleet-a,    false",
        "fleet-a,   fleet-a,    false"
    })
    void containsAnExperimentOnlyIfItContainsEveryArmThatItCanHave(
            String pattern, String experiment, boolean contained) {
        assertThat(new RunPatterns(List.of(pattern)).containArmsOf(experiment)).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "A", "*a", "a**", "a%", "a_", "a*b", "../a"})
    void refusesInvalidPatterns(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RunPatterns(List.of("digits", pattern)))
                .withMessageContaining("has '" + pattern + "', expected a run's name");
    }

    @Test
    void refusesNoneAndTooMany() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RunPatterns(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new RunPatterns(Collections.nCopies(21, "a")));
    }

    @Test
    void rightsAreForAllRuns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Permissions.of(AccessRole.VIEWER, Set.of(AccessRight.APPROVE), List.of("digits")))
                .withMessageContaining("concern the whole coordinator, but 'runs' allows only digits");
        assertThat(Permissions.of(AccessRole.OPERATOR, null, List.of("digits")).rights())
                .isEmpty();
        assertThat(Permissions.of(AccessRole.OPERATOR, null, List.of("a", "*")).rights())
                .containsExactlyInAnyOrder(AccessRight.values());
    }
}
