package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @Test
    void aConstantIsTheSameInEveryRound() {
        Schedule schedule = Schedule.parse("constant:0.1");
        assertThat(schedule.at(0, 99)).isEqualTo(0.1);
        assertThat(schedule.at(99, 99)).isEqualTo(0.1);
    }

    @Test
    void aNumberAloneIsAConstant() {
        assertThat(Schedule.parse("0.25")).isEqualTo(new Schedule.Constant(0.25));
    }

    @Test
    void aHorizonScheduleDependsOnlyOnTheLastRound() {
        Schedule schedule = Schedule.parse("horizon:2:0.5");
        assertThat(schedule.at(0, 99)).isEqualTo(0.2);
        assertThat(schedule.at(57, 99)).isEqualTo(0.2);
    }

    @Test
    void anAnytimeScheduleDependsOnlyOnTheRound() {
        Schedule schedule = Schedule.parse("anytime:1:0.5");
        assertThat(schedule.at(0, 1000)).isEqualTo(1);
        assertThat(schedule.at(3, 1000)).isEqualTo(0.5);
        assertThat(schedule.at(3, 5)).isEqualTo(0.5);
    }

    @Test
    void aWarmUpRisesInEqualStepsAndStays() {
        Schedule schedule = Schedule.parse("warmup:10:4");
        assertThat(IntStream.range(0, 6).mapToDouble(k -> schedule.at(k, 99)).toArray())
                .containsExactly(2.5, 5, 7.5, 10, 10, 10);
        assertThat(schedule.at(2, 3)).isEqualTo(7.5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant:2.0", "horizon:2.0:0.5", "anytime:2.0:0.5", "warmup:2.0:7"})
    void aMultipleMultipliesEachValue(String text) {
        Schedule schedule = Schedule.parse(text);
        Schedule half = schedule.times(0.5);
        assertThat(half.largest()).isEqualTo(1);
        for (int k = 0; k < 12; k++) {
            assertThat(half.at(k, 11)).isEqualTo(schedule.at(k, 11) / 2);
        }
    }

    @Test
    void aRunOfOneRoundStepsByTheLargestValue() {
        assertThat(Schedule.parse("horizon:3:0.75").at(0, 0)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"constant:0.1", "horizon:1.0:0.75", "anytime:0.1:0.5", "warmup:10.0:30", "constant:1.0E-300"})
    void textsAreParsedAgain(String text) {
        assertThat(Schedule.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "horizon",
                "horizon:1",
                "horizon:1:0.5:2",
                "constant:a",
                "constant:",
                "cosine:1",
                "anytime:1:x",
                "warmup:1",
                "warmup:1:2.5",
                "warmup:1:99999999999"
            })
    void anInvalidTextIsRefusedAndTheValidFormsAreListed(String text) {
        assertThatThrownBy(() -> Schedule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not a schedule")
                .hasMessageContaining("horizon:1:0.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "constant:Infinity", "horizon:0:0.5", "anytime:-2:0.5", "warmup:0:5"})
    void aValueThatIsNotPositiveIsRefused(String text) {
        assertThatThrownBy(() -> Schedule.parse(text)).hasMessageContaining("expected a finite number above 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"horizon:1:-0.1", "anytime:1:1.5", "horizon:1:NaN"})
    void aPowerOutsideItsRangeIsRefused(String text) {
        assertThatThrownBy(() -> Schedule.parse(text)).hasMessageContaining("expected 0 to 1");
    }

    @Test
    void aWarmUpOfZeroRoundsIsRefused() {
        assertThatThrownBy(() -> Schedule.parse("warmup:1:0"))
                .hasMessage("a schedule's warm-up is 0 rounds, expected an integer of at least 1");
    }
}
