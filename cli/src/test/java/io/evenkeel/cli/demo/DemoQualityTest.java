package io.evenkeel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.OnlyInCi;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;

class DemoQualityTest {

    @Test
    @OnlyInCi
    void reachesTheUncompressedAccuracyWithinAPointAtAFortiethOfTheBytes() throws NoSuchAlgorithmException {
        InProcessDemo compressed =
                InProcessDemo.run(InProcessDemo.settings(10, 600, "ef21-sgdm-norm", "top-k:0.01", 0, 1));
        InProcessDemo dense = InProcessDemo.run(InProcessDemo.settings(10, 600, "ef21-sgdm-norm", "identity", 0, 1));
        assertThat(compressed.accuracy()).isGreaterThan(0.97).isGreaterThan(dense.accuracy() - 0.01);
        assertThat(40 * compressed.uplinkBytes()).isLessThan(dense.uplinkBytes());
    }

    @Test
    void givesTheSameBitsOnEveryJvm() throws NoSuchAlgorithmException {
        assertThat(hash(0)).isEqualTo("c64ca255b6f07ecbf1d80801ec39839201b9f5ef059a47bc6af807e9edd5cc58");
        assertThat(hash(3)).isEqualTo("c042b26668a8789dce997b05232fae68058e2962ec5cccb254a0d2f634e90d01");
    }

    private static String hash(int missing) throws NoSuchAlgorithmException {
        return InProcessDemo.run(InProcessDemo.settings(10, 50, "ef21-sgdm-norm", "top-k:0.01", missing, 1))
                .modelHash();
    }

    @Test
    @OnlyInCi
    void withoutErrorFeedbackTheSameMessagesLearnLess() throws NoSuchAlgorithmException {
        InProcessDemo with = InProcessDemo.run(InProcessDemo.settings(10, 300, "ef14", "top-k:0.01", 0, 1));
        InProcessDemo without = InProcessDemo.run(InProcessDemo.settings(10, 300, "dcgd", "top-k:0.01", 0, 1));
        assertThat(with.accuracy()).isGreaterThan(without.accuracy() + 0.01);
    }
}
