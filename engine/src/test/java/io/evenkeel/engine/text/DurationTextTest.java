package io.evenkeel.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({"0s,PT0S", "250ms,PT0.25S", "30s,PT30S", "5m,PT5M", "2h,PT2H", "7d,P7D", "PT1H30M,PT1H30M", "P1D,PT24H"
    })
    void readsBothForms(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S,0s",
        "PT0.25S,250ms",
        "PT90S,90s",
        "PT60S,1m",
        "PT24H,1d",
        "PT36H,36h",
        "PT8760H,365d",
        "PT0.0001S,PT0.0001S"
    })
    void writesTheLargestUnitThatDivides(Duration duration, String expected) {
        assertThat(DurationText.of(duration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "-5s", "PT-5S", "1.5h", "1w", "9999999999d", "PT", "30 s"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
