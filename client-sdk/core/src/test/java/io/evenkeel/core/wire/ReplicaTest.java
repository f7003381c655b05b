package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.frame.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaTest {

    @Property(tries = 500)
    void roundTrips(@ForAll Random random) throws IOException {
        int dimension = 1 + random.nextInt(100);
        double[] x = new double[dimension];
        double[] sum = new double[dimension];
        boolean floats = random.nextBoolean();
        boolean zero = random.nextBoolean();
        Arrays.setAll(x, j -> floats ? (float) random.nextGaussian() : random.nextGaussian());
        Arrays.setAll(sum, j -> zero ? 0 : random.nextGaussian());
        Replica replica = new Replica(random.nextInt(1000), x, sum);
        byte[] bytes = replica.encode();

        assertThat(bytes).hasSize(16 + dimension * ((floats ? 4 : 8) + (zero ? 0 : 8)));
        Same.replicas(Replica.decode(bytes, 0, bytes.length, dimension), replica);
        assertThat(replica.encoding().toStream()).hasBinaryContent(bytes);
        Same.replicas(Replica.read(new ByteArrayInputStream(bytes), bytes.length, dimension), replica);
    }

    /** Uses more than one piece of 64 KiB, with the checksum in the last or in a separate piece. */
    @ParameterizedTest
    @ValueSource(ints = {8190, 8191, 8192, 20_000})
    void streamsMoreThanItsBuffer(int dimension) throws IOException {
        double[] x = new Random(1).doubles(dimension).toArray();
        double[] sum = new Random(2).doubles(dimension).toArray();
        Replica replica = new Replica(7, x, sum);
        byte[] bytes = replica.encoding().toStream().readAllBytes();

        assertThat(replica.encoding().length()).isEqualTo(bytes.length);
        Same.replicas(Replica.decode(bytes, 0, bytes.length, dimension), replica);
        Same.replicas(Replica.read(new ByteArrayInputStream(bytes), bytes.length, dimension), replica);
    }

    @Test
    void refusesAStreamThatEndsEarlyOrHasMore() {
        byte[] bytes = new Replica(3, new double[] {0.1, 2}, new double[] {1, 2}).encode();

        assertThatThrownBy(() -> Replica.read(new ByteArrayInputStream(bytes, 0, 20), bytes.length, 2))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.fault()).isEqualTo(WireException.Fault.TRUNCATED));
        assertThatThrownBy(() -> Replica.read(new ByteArrayInputStream(bytes), bytes.length + 1, 2))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.fault()).isEqualTo(WireException.Fault.TRAILING_BYTES));
    }

    @Property(tries = 2000)
    void refusesMutatedBytes(@ForAll Random random) {
        byte[] bytes = new Replica(3, new double[] {0.1, 2}, new double[] {1, 2}).encode();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

        assertThatThrownBy(() -> Replica.decode(bytes, 0, bytes.length, 2)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> Replica.read(new ByteArrayInputStream(bytes), bytes.length, 2))
                .isInstanceOf(WireException.class);
    }

    @Test
    void refusesInvalidReplicas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replica(-1, new double[1], new double[1]))
                .withMessageContaining("round is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replica(0, new double[0], new double[0]))
                .withMessageContaining("0 values");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replica(0, new double[2], new double[1]))
                .withMessageContaining("x has 2 values and the sum 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replica(0, new double[2], new double[] {0, Double.NaN}))
                .withMessageContaining("coordinate 1 of the sum is NaN");
    }
}
