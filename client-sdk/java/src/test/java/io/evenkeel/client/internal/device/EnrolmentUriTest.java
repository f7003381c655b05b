package io.evenkeel.client.internal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.client.EvenkeelClient;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentUriTest {

    private static final String URI_OF_A_RUN =
            "evenkeel://enrol?coordinator=https%3A%2F%2Ffleet.example%3A8443%2Fa%26b&token=evk_enrol_x&run=digits";

    @Test
    void containsAddressTokenAndRun() {
        EnrolmentUri uri = EnrolmentUri.parse(URI_OF_A_RUN);
        assertThat(uri.coordinator()).isEqualTo(URI.create("https://fleet.example:8443/a&b"));
        assertThat(uri.token()).isEqualTo("evk_enrol_x");
        assertThat(uri.run()).isEqualTo("digits");
        assertThat(uri).hasToString("EnrolmentUri[coordinator=https://fleet.example:8443/a&b, run=digits]");
    }

    @Test
    void hasNoRunIfTheTokenIsForAllRunsAndIgnoresUnknownParameters() {
        EnrolmentUri uri = EnrolmentUri.parse(" evenkeel://enrol?token=t&coordinator=http%3A%2F%2Fa&later=1\n");
        assertThat(uri.run()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://fleet.example/?token=secret",
                "evenkeel://enrol",
                "evenkeel://other?token=secret&coordinator=http%3A%2F%2Fa",
                "evenkeel://enrol?token=secret",
                "evenkeel://enrol?token=&coordinator=http%3A%2F%2Fa",
                "evenkeel://enrol?token=secret&coordinator=http%zz"
            })
    void refusesOtherTextsWithoutRepeatingTheToken(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EvenkeelClient.fromEnrolmentUri(text))
                .withMessageContaining("expected one from the console")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void setsTheRunOfTheBuilder() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EvenkeelClient.fromEnrolmentUri(URI_OF_A_RUN.replace("digits", "Not-A-Run")))
                .withMessageContaining("run is 'Not-A-Run'");
    }
}
