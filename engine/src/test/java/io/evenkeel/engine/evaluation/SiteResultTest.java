package io.evenkeel.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.evaluation.SiteResult.Metric;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SiteResultTest {

    private static Metric of(int devices, double mean) {
        return new Metric(devices, 10.0 * devices, mean, mean);
    }

    @Test
    void figuresLeaveASiteInStepsOfSeveralDevices() {
        SiteResult none = SiteResult.next(SiteResult.NONE, 4, Map.of("loss", of(4, 1)), 5);
        assertThat(none.devices()).isZero();
        assertThat(none.metrics()).isEmpty();
        assertThat(none.reason()).contains("4 devices").contains("at least 5");
        SiteResult first = SiteResult.next(none, 6, Map.of("loss", of(5, 2), "rare", of(2, 9)), 5);
        assertThat(first).isEqualTo(new SiteResult(6, null, Map.of("loss", of(5, 2))));
        assertThat(SiteResult.next(first, 10, Map.of("loss", of(9, 3), "rare", of(4, 9)), 5))
                .isEqualTo(first);
        assertThat(SiteResult.next(first, 11, Map.of("loss", of(10, 4), "rare", of(5, 8)), 5))
                .isEqualTo(new SiteResult(11, null, Map.of("loss", of(10, 4), "rare", of(5, 8))));
    }
}
