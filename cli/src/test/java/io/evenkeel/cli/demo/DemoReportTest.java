package io.evenkeel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.learn.Evaluation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoReportTest {

    private static final DemoResult RESULT = new DemoResult(
            "demo",
            new Evaluation(0.0664, 0.98056),
            "9e43",
            3_290_000,
            230_640_000,
            38_990_000,
            230_640_000,
            Duration.ofMillis(30_040));

    @Test
    void givesEachFigureWithItsUnit() {
        DemoSettings settings = InProcessDemo.settings(10, 600, "ef21-sgdm-norm", "top-k:0.01", 0, 1);
        assertThat(DemoReport.results(settings, RESULT))
                .containsExactly(
                        "  accuracy   98.1 %   of 360 held-out digits (loss 0.066)",
                        "  rounds     600      with 10 devices, gamma anytime:1.0:0.5",
                        "  both ways  42.3 MB  1/11 of 461 MB dense float32",
                        "  uplink     3.29 MB  1/70 of 231 MB dense float32",
                        "  downlink   39.0 MB  1/5.9 of 231 MB dense float32",
                        "  wall time  30.0 s   50 ms a round");
    }

    @Test
    void saysHowManyMissedEachRound() {
        DemoSettings settings = InProcessDemo.settings(10, 600, "ef14", "top-k:0.01", 3, 1);
        assertThat(DemoReport.results(settings, RESULT))
                .contains("  rounds     600      10 devices, of which 3 missed each, gamma constant:1.0");
    }

    @Test
    void offersTheOtherRunToCompareWith() {
        assertThat(DemoReport.next(InProcessDemo.settings(2, 1, "ef14", "top-k:0.01", 0, 1), "evenkeel"))
                .first()
                .asString()
                .contains("  evenkeel demo --compressor identity");
        assertThat(DemoReport.next(InProcessDemo.settings(2, 1, "gd", "identity", 0, 1), "./evenkeel"))
                .first()
                .asString()
                .contains("./evenkeel demo --compressor top-k:0.01");
    }
}
