package io.evenkeel.core.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the texts and ranges of a method in the catalogue. */
class EntryTest {

    private static final Entry ENTRY = Entry.of(
            "some-rule",
            "A rule.",
            Parameter.positive("rate", 0.5),
            Parameter.decay("beta", 0.9),
            Parameter.whole("steps", 5, 2, 8));

    @Test
    void theFormNamesTheParametersInOrder() {
        assertThat(ENTRY.form()).isEqualTo("some-rule:<rate>:<beta>:<steps>");
        assertThat(Entry.of("plain", "A rule.").form()).isEqualTo("plain");
    }

    @Test
    void anEntrySuitsEverythingThatItDoesNotExclude() {
        Entry entry = ENTRY.needing(Need.LOSSES).excluding(Feature.PRIVACY);
        assertThat(entry.needs()).containsExactly(Need.LOSSES);
        assertThat(entry.suits(Feature.PRIVACY)).isFalse();
        assertThat(entry.suits(Feature.DOWNLINK)).isTrue();
        assertThat(Need.LOSSES.text()).isEqualTo("losses");
        assertThat(Feature.SECURE_AGGREGATION.text()).isEqualTo("secureAggregation");
    }

    @ParameterizedTest
    @CsvSource({"4.9e-324, 0, 2", "1.7976931348623157e308, 0.9999999999999999, 8", "1, 0.5, 5"})
    void acceptsTheEndsOfEachRange(double rate, double beta, double steps) {
        assertThatNoException().isThrownBy(() -> ENTRY.require(rate, beta, steps));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; 0.5; 5; rate of some-rule is 0.0, expected a finite number above 0",
                "Infinity; 0.5; 5; rate of some-rule is Infinity, expected a finite number above 0",
                "1; -4.9e-324; 5; beta of some-rule is -4.9E-324, expected at least 0 and below 1",
                "1; 1; 5; beta of some-rule is 1.0, expected at least 0 and below 1",
                "1; 0.5; 1; steps of some-rule is 1.0, expected an integer from 2 to 8",
                "1; 0.5; 9; steps of some-rule is 9.0, expected an integer from 2 to 8",
                "1; 0.5; 2.5; steps of some-rule is 2.5, expected an integer from 2 to 8"
            })
    void namesTheFirstValueThatIsOutOfRange(double rate, double beta, double steps, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ENTRY.require(rate, beta, steps))
                .withMessage(message);
    }

    @Test
    void aTextIsCheckedByItsMethod() {
        assertThatNoException()
                .isThrownBy(() -> Parameter.text("schedule", "a schedule", null).require("some-rule", Double.NaN));
    }
}
