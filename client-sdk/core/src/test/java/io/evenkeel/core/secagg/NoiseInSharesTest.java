package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tests the noise of a whole cohort through the protocol. */
class NoiseInSharesTest {

    private static final int DIMENSION = 20_000;
    private static final int MEMBERS = 10;
    private static final double COLLUSION = 0.1;

    private static NoiseSource source(long seed) {
        SplitMix64 random = new SplitMix64(seed);
        return new DiscreteGaussian(bytes -> {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.next();
            }
        });
    }

    @Test
    void theSmallestSumHasTheVarianceThatIsClaimedWithoutTheNoiseOfThoseThatCollude() throws SecAggException {
        int threshold =
                CohortParameters.of(MEMBERS, 0.2, COLLUSION).orElseThrow().threshold();
        // If one more device dropped out, too few neighbours of each member would reveal their shares.
        int fewest = threshold + 1;
        CohortNoise noise =
                CohortNoise.of(GaussianMechanism.parse("clip:1:2.5"), -22, fewest, MEMBERS, COLLUSION, DIMENSION);
        assertThat(noise.honest()).isEqualTo(fewest - 1);
        Aggregation aggregation = new Aggregation(MEMBERS, threshold);
        List<Integer> members = List.copyOf(aggregation.devices.keySet());
        aggregation.share(members);
        Map<Integer, int[]> vectors = new TreeMap<>();
        for (int member : members.subList(0, fewest)) {
            int[] words = new int[DIMENSION + VectorWords.EXTRA];
            Arrays.setAll(words, j -> j < DIMENSION ? j : 0);
            noise.add(words, DIMENSION, source(member));
            vectors.put(member, words);
        }
        aggregation.mask(vectors);
        int[] sum = aggregation
                .cohort(DIMENSION + VectorWords.EXTRA)
                .unmask(aggregation.reveal(members.subList(0, fewest)));

        int[] known = new int[DIMENSION];
        noise.add(known, DIMENSION, source(members.get(0)));
        double squares = 0;
        for (int j = 0; j < DIMENSION; j++) {
            double left = sum[j] - fewest * j - known[j];
            squares += left * left;
        }
        double claimed = Math.pow(2.5 * noise.grid().bound(), 2);
        // The estimate has a relative error of sqrt(2/d), 1%.
        assertThat(squares / DIMENSION).isCloseTo(claimed, within(0.05 * claimed));
        assertThat(sum[DIMENSION]).isZero();
    }
}
