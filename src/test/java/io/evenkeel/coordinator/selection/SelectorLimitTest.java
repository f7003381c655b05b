package io.evenkeel.coordinator.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

class SelectorLimitTest {

    private static final DeviceSelector SELECTOR = DeviceSelector.parse("region=eu");

    private final SelectorLimit limit = new SelectorLimit(1, Duration.ZERO);

    @Test
    void refusesAQueryBeyondTheMaximumNumberOfConcurrentOnes() {
        String result = limit.run(SELECTOR, () -> {
            assertThatThrownBy(() -> limit.run(SELECTOR, () -> "second"))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("other requests with selectors");
            return limit.run(DeviceSelector.ALL, () -> "without a selector");
        });
        assertThat(result).isEqualTo("without a selector");
        assertThat(limit.run(SELECTOR, () -> "next")).isEqualTo("next");
    }

    @Test
    void advisesOnASlowQueryAndRunsTheNextOne() {
        Supplier<String> slow = () -> {
            throw new QueryTimeoutException("canceled");
        };
        assertThatThrownBy(() -> limit.run(SELECTOR, slow))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.action()).contains("use fewer requirements"))
                .hasMessageContaining("not found within 5 s");
        assertThat(limit.run(SELECTOR, () -> "next")).isEqualTo("next");
    }
}
