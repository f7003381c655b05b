package io.evenkeel.engine.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.secagg.CohortParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulates rounds of small cohorts with hostile devices of several kinds, without shares and keys. */
class CohortSuspectsTest {

    private static final int ROUNDS = 240;
    private static final double COLLUSION = 0.05;

    /** The behaviour of a hostile device. */
    private enum Kind {
        /** Its own shares are always inconsistent. */
        OWN_SHARES,
        /** It reveals wrong shares of all others. */
        ALL_OTHERS,
        /** It reveals wrong shares of the first honest device. */
        ONE_OTHER,
        /** It reveals wrong shares of a different honest device each time, and often none. */
        ANY_OTHER
    }

    /** A run of cohorts. */
    private static final class Simulation {
        final List<String> devices = new ArrayList<>();
        final Map<String, Kind> hostile = new HashMap<>();
        final int min;
        final List<CohortSuspects.Evidence> evidence = new ArrayList<>();
        final Set<String> known = new TreeSet<>();
        final Map<String, Integer> included = new HashMap<>();
        final Random random = new Random(7);
        int mostLost;
        int lost;

        Simulation(int count, int min, List<Kind> kinds) {
            for (int i = 0; i < count; i++) {
                devices.add("device-" + i);
            }
            this.min = min;
            // The hostile devices are not the first ones, so that the order of names gives no hint.
            for (int i = 0; i < kinds.size(); i++) {
                hostile.put(devices.get(count / 2 + i), kinds.get(i));
            }
        }

        void round(int round) {
            Set<String> present = new TreeSet<>(devices);
            present.removeAll(known);
            int colluding = CohortParameters.colluding(devices.size(), COLLUSION);
            CohortSuspects suspects = new CohortSuspects(evidence, known, colluding);
            Set<String> leftOut = suspects.leftOut(present, present.size() - min, round);
            Set<String> cohort = new TreeSet<>(present);
            cohort.removeAll(leftOut);
            assertThat(cohort).hasSizeGreaterThanOrEqualTo(min);
            int size = cohort.size();
            int threshold =
                    CohortParameters.of(size, 0, COLLUSION).orElseThrow().threshold();
            int correctable = (size - 1 - threshold) / 2;
            List<CohortSuspects.Evidence> found = new ArrayList<>();
            wrong(cohort).forEach((owner, liars) -> {
                Set<String> others = new TreeSet<>(cohort);
                others.remove(owner);
                if (liars > correctable) {
                    found.add(new CohortSuspects.Evidence(round, false, owner, others, correctable + 1));
                }
            });
            if (found.isEmpty()) {
                lost = 0;
                cohort.forEach(device -> included.merge(device, 1, Integer::sum));
                Set<String> out = suspects.involved();
                out.removeAll(cohort);
                if (!out.isEmpty()) {
                    evidence.add(new CohortSuspects.Evidence(round, true, "", out, 0));
                }
            } else {
                mostLost = Math.max(mostLost, ++lost);
                evidence.addAll(found);
            }
            known.addAll(new CohortSuspects(evidence, known, colluding).proven(present.size() - min));
        }

        /** Returns the number of shares of each device's secret that are wrong when revealed. */
        private Map<String, Integer> wrong(Set<String> cohort) {
            Map<String, Integer> wrong = new HashMap<>();
            List<String> honest = cohort.stream()
                    .filter(device -> !hostile.containsKey(device))
                    .toList();
            for (String device : cohort) {
                Kind kind = hostile.get(device);
                if (kind == Kind.OWN_SHARES) {
                    wrong.put(device, cohort.size());
                } else if (kind == Kind.ALL_OTHERS) {
                    cohort.stream()
                            .filter(other -> !other.equals(device))
                            .forEach(other -> wrong.merge(other, 1, Integer::sum));
                } else if (kind == Kind.ONE_OTHER && !honest.isEmpty()) {
                    wrong.merge(honest.get(0), 1, Integer::sum);
                } else if (kind == Kind.ANY_OTHER && !honest.isEmpty() && random.nextInt(3) == 0) {
                    wrong.merge(honest.get(random.nextInt(honest.size())), 1, Integer::sum);
                }
            }
            return wrong;
        }

        List<String> honest() {
            return devices.stream()
                    .filter(device -> !hostile.containsKey(device))
                    .toList();
        }
    }

    static Stream<Arguments> cohorts() {
        List<Arguments> all = new ArrayList<>();
        for (int count = 4; count <= 9; count++) {
            for (int min = 3; min < count; min++) {
                for (Kind kind : Kind.values()) {
                    all.add(Arguments.of(count, min, List.of(kind)));
                }
                if (count - 2 >= min) {
                    all.add(Arguments.of(count, min, List.of(Kind.OWN_SHARES, Kind.OWN_SHARES)));
                    all.add(Arguments.of(count, min, List.of(Kind.OWN_SHARES, Kind.ALL_OTHERS)));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("cohorts")
    void honestDevicesContinueAndNoneIsExcludedPermanently(int count, int min, List<Kind> kinds) {
        Simulation run = new Simulation(count, min, kinds);
        for (int round = 0; round < ROUNDS; round++) {
            run.round(round);
        }
        assertThat(run.hostile.keySet()).as("the only ones that are left out").containsAll(run.known);
        assertThat(run.honest())
                .as("rounds: " + run.included)
                .allMatch(device -> run.included.getOrDefault(device, 0) > ROUNDS / 4);
        assertThat(run.mostLost).as("lost one after another").isLessThan(21);
        if (kinds.stream().allMatch(kind -> kind == Kind.OWN_SHARES)) {
            assertThat(run.mostLost).isLessThanOrEqualTo(2);
            assertThat(run.known).isEqualTo(run.hostile.keySet());
        }
    }

    /** Once one of the two is known, a single accusation explains a round that required two before. */
    @ParameterizedTest
    @CsvSource({"8, 5", "9, 5", "9, 7"})
    void bothOfTwoThatFrameTheSameDeviceAreFound(int count, int min) {
        Simulation run = new Simulation(count, min, List.of(Kind.ONE_OTHER, Kind.ONE_OTHER));
        for (int round = 0; round < ROUNDS; round++) {
            run.round(round);
        }
        assertThat(run.known).isEqualTo(run.hostile.keySet());
    }

    @Test
    void anAccidentExcludesNobodyForLong() {
        Simulation run = new Simulation(4, 3, List.of(Kind.OWN_SHARES));
        run.round(0);
        run.hostile.clear();
        for (int round = 1; round < 40; round++) {
            run.round(round);
        }
        assertThat(run.known).isEmpty();
        int before = run.included.values().stream().mapToInt(Integer::intValue).sum();
        run.round(40);
        assertThat(run.included.values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(before + 4);
    }

    @Test
    void aCohortThatNeedsAllItsMembersStaysUnchanged() {
        Simulation run = new Simulation(4, 4, List.of(Kind.OWN_SHARES));
        for (int round = 0; round < 10; round++) {
            run.round(round);
        }
        assertThat(run.known).isEmpty();
        assertThat(run.mostLost).isEqualTo(10);
    }
}
