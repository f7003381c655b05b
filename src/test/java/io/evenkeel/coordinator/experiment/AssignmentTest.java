package io.evenkeel.coordinator.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.run.RunDefinition;
import io.evenkeel.coordinator.selection.DevicePart;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class AssignmentTest {

    private static final int DEVICES = 5_000;

    private static List<DevicePart> parts(Assignment assignment, String seed, double share, int arms) {
        return IntStream.range(0, arms)
                .mapToObj(arm -> part(assignment.part(seed, share, arm, arms)))
                .toList();
    }

    private static DevicePart part(RunDefinition.Part part) {
        return new DevicePart(
                Objects.requireNonNull(part.seed()),
                Objects.requireNonNull(part.from()),
                Objects.requireNonNull(part.to()));
    }

    private static List<String> devices() {
        return IntStream.range(0, DEVICES).mapToObj(i -> "device-" + i).toList();
    }

    @Property(tries = 60)
    void splitGivesEachDeviceOfTheShareToOneArm(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String seed,
            @ForAll @IntRange(min = 2, max = 10) int arms,
            @ForAll @IntRange(min = 1, max = 100) int percent) {
        double share = percent / 100.0;
        List<DevicePart> parts = parts(Assignment.SPLIT, seed, share, arms);
        DevicePart all = new DevicePart(seed, 0, share);
        int[] sizes = new int[arms];
        for (String device : devices()) {
            int[] taken = IntStream.range(0, arms)
                    .filter(arm -> parts.get(arm).contains(device))
                    .toArray();
            assertThat(taken).hasSize(all.contains(device) ? 1 : 0);
            IntStream.of(taken).forEach(arm -> sizes[arm]++);
        }
        double expected = DEVICES * share / arms;
        for (int size : sizes) {
            // Six standard deviations of a binomial, and two devices.
            assertThat((double) size).isCloseTo(expected, within(6 * Math.sqrt(expected) + 2));
        }
    }

    @Property(tries = 20)
    void sameGivesEachDeviceOfTheShareToAllArms(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String seed,
            @ForAll @IntRange(min = 2, max = 10) int arms,
            @ForAll @IntRange(min = 1, max = 100) int percent) {
        List<DevicePart> parts = parts(Assignment.SAME, seed, percent / 100.0, arms);
        assertThat(parts).containsOnly(new DevicePart(seed, 0, percent / 100.0));
    }
}
