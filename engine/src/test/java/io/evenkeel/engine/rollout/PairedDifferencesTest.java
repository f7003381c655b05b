package io.evenkeel.engine.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairedDifferencesTest {

    private static PairedDifferences of(double... values) {
        PairedDifferences differences = new PairedDifferences();
        for (double value : values) {
            differences.add(value);
        }
        return differences;
    }

    @Test
    void sitesTogetherCountLikeTheirIndividualDevices() {
        PairedDifferences all = of(0.1, -0.2, 1000.3, 0.4, 999.5, -1000.6, 0.7);
        PairedDifferences together = of(0.1);
        List.of(of(-0.2, 1000.3, 0.4), of(), of(999.5), of(-1000.6, 0.7))
                .forEach(site -> together.add(site.together()));
        assertThat(together.count()).isEqualTo(7);
        assertThat(together.mean()).isCloseTo(all.mean(), within(1e-12));
        assertThat(together.standardError()).isCloseTo(all.standardError(), within(1e-10));
    }
}
