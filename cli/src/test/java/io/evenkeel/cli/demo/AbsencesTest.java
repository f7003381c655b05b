package io.evenkeel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AbsencesTest {

    @Property(tries = 200)
    void theSameNumberOfDevicesMissesEachRound(
            @ForAll @IntRange(min = 1, max = 40) int devices,
            @ForAll @IntRange(min = 0, max = 39) int wanted,
            @ForAll @IntRange(min = 0) int round,
            @ForAll long seed) {
        Absences absences = new Absences(devices, Math.min(wanted, devices - 1), seed);
        int missing = 0;
        for (int device = 0; device < devices; device++) {
            missing += absences.misses(device, round) ? 1 : 0;
        }
        assertThat(missing).isEqualTo(absences.missing());
        assertThat(missing + absences.answering()).isEqualTo(devices);
    }

    @Test
    void eachDeviceMissesAboutEquallyManyRounds() {
        Absences absences = new Absences(10, 3, 5);
        for (int device = 0; device < 10; device++) {
            int missed = 0;
            for (int round = 0; round < 1000; round++) {
                missed += absences.misses(device, round) ? 1 : 0;
            }
            // 300 are expected, with a standard deviation of 14.5; the tolerance is five deviations.
            assertThat(missed).as("device %d", device).isBetween(228, 372);
        }
    }

    @Test
    void refusesToLetAllDevicesMissARound() {
        assertThatThrownBy(() -> new Absences(2, 2, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 of 2 devices cannot miss a round: at least one answers");
    }
}
