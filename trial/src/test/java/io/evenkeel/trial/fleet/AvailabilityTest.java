package io.evenkeel.trial.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class AvailabilityTest {

    @SuppressWarnings("unused") // An annotation refers to it by name.
    static final Iterable<String> PATTERNS = Availability.PATTERNS;

    private static final long HOUR = Duration.ofHours(1).toMillis();

    @ParameterizedTest
    @FieldSource("PATTERNS")
    void eachPatternIsValid(String name) {
        assertThat(Availability.read(name).groups()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|the file: is not an object",
                "{}|groups: expected 1 to 127",
                "groups: [{onlin: always}]|groups[0].onlin: is not a known field",
                "groups: [{}, {online: '8-9'}]|groups[1].online: it is not a duration",
                "groups: [{online: '20:00-25:00'}]|groups[0].online: '20:00-25:00' is not within the cycle",
                "groups: [{online: ['08:00-10:00', '09:00-11:00']}]|groups[0].online: the spans overlap",
                "groups: [{online: ['20:00-09:00', '08:00-11:00']}]|groups[0].online: the spans overlap",
                "groups: [{compute: 2m-1m}]|groups[0].compute: is '2m-1m', expected a value or a range",
                "groups: [{up: 0}]|groups[0].up: is '0', expected a value or a range such as 1-8, in Mbit/s",
                "groups: [{dropout: 1}]|groups[0].dropout: is 1, expected a number 0 or more and below 1",
                "groups: [{presence: 0.5}]|groups[0].presence: expected only together with online"
            })
    void aWrongFieldIsNamed(String text, String message) {
        assertThatThrownBy(() -> Availability.parse(text)).hasMessageStartingWith(message);
    }

    @Test
    void hoursRepeatEachCycleAndMayPassItsEnd() {
        SimulatedFleet fleet =
                new SimulatedFleet(Availability.parse("groups: [{online: ['12:00-13:00', '22:00-06:00']}]"), 1, 1);
        assertThat(fleet.nextOnline(0, 0)).isZero();
        assertThat(fleet.onlineUntil(0, 0)).isEqualTo(6 * HOUR);
        assertThat(fleet.nextOnline(0, 6 * HOUR)).isEqualTo(12 * HOUR);
        assertThat(fleet.nextOnline(0, 13 * HOUR)).isEqualTo(22 * HOUR);
        assertThat(fleet.onlineUntil(0, 22 * HOUR)).isEqualTo(30 * HOUR);
        assertThat(fleet.nextOnline(0, 30 * HOUR)).isEqualTo(36 * HOUR);
    }

    @Test
    void aDeviceIsPresentInItsShareOfTheSpans() {
        SimulatedFleet fleet =
                new SimulatedFleet(Availability.parse("groups: [{online: '01:00-02:00', presence: 0.3}]"), 1000, 1);
        long present = 0;
        for (int device = 0; device < fleet.size(); device++) {
            present += fleet.nextOnline(device, HOUR) == HOUR ? 1 : 0;
        }
        assertThat(present).isBetween(250L, 350L);
    }

    @Test
    void groupsHaveTheirSharesAndDevicesTheirRanges() {
        SimulatedFleet fleet = new SimulatedFleet(
                Availability.parse("groups: [{share: 3}, {compute: 10s-40s, latency: 1ms, up: 8, down: 8}]"),
                10_000,
                1);
        int slow = 0;
        for (int device = 0; device < fleet.size(); device++) {
            if (fleet.group(device).name().equals("group 2")) {
                slow++;
                // The rate is 1 kB per millisecond.
                assertThat(fleet.work(device, 1000, 2000)).isBetween(10_006L, 40_006L);
            }
        }
        assertThat(slow).isBetween(2_300, 2_700);
    }
}
