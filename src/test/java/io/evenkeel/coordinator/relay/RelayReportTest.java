package io.evenkeel.coordinator.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayReportTest {

    private static Map<String, String> claim(String devices) {
        return Map.of(RelayReport.DEVICES, devices);
    }

    @Test
    void readsWhatARelayReports() {
        assertThat(RelayReport.devices(claim("40"), RelayReport.DEVICES)).isEqualTo(40);
        assertThat(RelayReport.devices(claim("10000000"), RelayReport.DEVICES)).isEqualTo(10_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "many", "10000001", "999999999999999", "9223372036854775808"})
    void ignoresARelayThatClaimsMoreDevicesThanASiteCanHave(String devices) {
        assertThat(RelayReport.devices(claim(devices), RelayReport.DEVICES)).isNull();
    }
}
