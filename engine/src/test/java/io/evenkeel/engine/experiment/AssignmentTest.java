package io.evenkeel.engine.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceTurns;
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
    void crossoverGivesEachDeviceOfTheShareToAllArms(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String seed,
            @ForAll @IntRange(min = 2, max = 10) int arms,
            @ForAll @IntRange(min = 1, max = 100) int percent) {
        List<DevicePart> parts = parts(Assignment.CROSSOVER, seed, percent / 100.0, arms);
        assertThat(parts).containsOnly(new DevicePart(seed, 0, percent / 100.0));
    }

    @Property(tries = 40)
    void crossoverPutsEachDeviceOnceIntoEachArm(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String seed,
            @ForAll @IntRange(min = 2, max = 10) int arms,
            @ForAll @IntRange(min = 1, max = 7) int block,
            @ForAll @IntRange(min = 0, max = 1000) int first) {
        List<DeviceTurns> turns = IntStream.range(0, arms)
                .mapToObj(arm -> new DeviceTurns(seed, arm, arms, block))
                .toList();
        List<String> devices = devices().subList(0, 100);
        for (String device : devices) {
            int[] visits = new int[arms];
            for (int b = 0; b < arms; b++) {
                int begin = (first + b) * block;
                int[] at = IntStream.range(0, arms)
                        .filter(arm -> turns.get(arm).has(device, begin))
                        .toArray();
                assertThat(at).hasSize(1);
                assertThat(turns.get(at[0]).has(device, begin + block - 1))
                        .as("the whole block")
                        .isTrue();
                visits[at[0]]++;
            }
            assertThat(visits).containsOnly(1);
        }
    }

    @Property(tries = 20)
    void sequencesAreOfEqualSizeEvenInASmallPartOfTheSameSeed(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String seed,
            @ForAll @IntRange(min = 2, max = 10) int arms) {
        DeviceTurns turns = new DeviceTurns(seed, 0, arms, 1);
        DevicePart part = new DevicePart(seed, 0, 0.3);
        int[] sizes = new int[arms];
        devices().stream().filter(part::contains).forEach(device -> sizes[turns.sequence(device)]++);
        double expected = IntStream.of(sizes).sum() / (double) arms;
        for (int size : sizes) {
            assertThat((double) size).isCloseTo(expected, within(6 * Math.sqrt(expected) + 2));
        }
    }
}
