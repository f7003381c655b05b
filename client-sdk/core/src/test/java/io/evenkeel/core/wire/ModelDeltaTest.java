package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.FrameCodecPropertyTest;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ModelDeltaTest {

    @Property(tries = 500)
    void roundTrips(@ForAll Random random) {
        ModelDelta delta = new ModelDelta(random.nextInt(1_000_000), FrameCodecPropertyTest.vector(random));
        byte[] bytes = delta.encode();

        ModelDelta decoded = ModelDelta.decode(bytes, 0, bytes.length, limits(delta));

        assertThat(decoded.round()).isEqualTo(delta.round());
        Same.vectors(decoded.vector(), delta.vector());
        assertThat(bytes).hasSize(ModelDelta.encodedSize(delta.vector()));
    }

    @Property(tries = 500)
    void refusesMutatedBytes(@ForAll Random random) {
        ModelDelta delta = new ModelDelta(1, FrameCodecPropertyTest.vector(random));
        byte[] bytes = delta.encode();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

        assertThatThrownBy(() -> ModelDelta.decode(bytes, 0, bytes.length, limits(delta)))
                .isInstanceOf(WireException.class);
    }

    @Test
    void isReadOneAtATimeFromConsecutiveDeltas() {
        CompressedVector vector = FrameCodecPropertyTest.vector(new Random(1));
        byte[] one = new ModelDelta(5, vector).encode();
        byte[] two = new ModelDelta(6, vector).encode();
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        FrameLimits limits = FrameLimits.of(vector.dimension());

        DeltaReader reader = new DeltaReader(both, 0, both.length, limits);

        assertThat(reader.next().round()).isEqualTo(5);
        assertThat(reader.position()).isEqualTo(one.length);
        assertThat(reader.next().round()).isEqualTo(6);
        assertThat(reader.hasNext()).isFalse();
        assertThatThrownBy(reader::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("model delta");
        assertThatThrownBy(() -> ModelDelta.decode(both, 0, both.length, limits))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.fault()).isEqualTo(WireException.Fault.TRAILING_BYTES);
                    assertThat(e.position()).isEqualTo(one.length);
                });
    }

    @Test
    void refusesANegativeRound() {
        CompressedVector vector = FrameCodecPropertyTest.vector(new Random(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelDelta(-1, vector))
                .withMessageContaining("round is -1");
    }

    private static FrameLimits limits(ModelDelta delta) {
        return FrameLimits.of(delta.vector().dimension());
    }
}
