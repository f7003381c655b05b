package io.evenkeel.trial.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.result.Summary.ClientSamples;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientSamplesTest {

    @ParameterizedTest
    @CsvSource({"10, 21, false, true", "10, 20, false, false", "10, 21, true, false", "1, 1, false, false"})
    void clientsWithUnequalSamplesThatCountTheSameAreUnequal(
            long fewest, long most, boolean weighted, boolean unequal) {
        assertThat(new ClientSamples(fewest, most, weighted).unequal()).isEqualTo(unequal);
    }
}
