package io.evenkeel.trial.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepAxisTest {

    @Test
    void stepsAreMultiplesOfEachArmsOwn() {
        assertThat(times(4, "ef21")).isEqualTo("theory*4");
        assertThat(times(4, "ef21,gamma=theory*0.5")).isEqualTo("theory*2");
        assertThat(times(4, "ef21-norm")).isEqualTo("horizon:4.0:0.5");
        assertThat(times(4, "ef21-sgdm-norm")).isEqualTo("horizon:4.0:0.75");
        assertThat(times(4, "ef21-norm,gamma=anytime:0.1:0.5")).isEqualTo("anytime:0.4:0.5");
        assertThat(times(4, "ef21,gamma=0.5")).isEqualTo("constant:2.0");
        assertThat(times(4, "ef21-distance")).isEqualTo("constant:4.0");
    }

    private static String times(double factor, String arm) {
        return String.valueOf(ArmSettings.parse(arm).withGammaTimes(factor).gamma());
    }

    @Test
    void axesChangeArmsOrSettingsByTheirPath() {
        ExperimentDraft draft = new ExperimentDraft(
                null,
                null,
                null,
                null,
                null,
                9,
                null,
                null,
                null,
                null,
                List.of(ArmSettings.parse("ef21,compressor=top-k:0.1+bf16"), ArmSettings.parse("gd")),
                null);
        assertThat(compressor(draft, "ratio=0.2,0.3")).isEqualTo("top-k:0.2+bf16");
        assertThat(compressor(draft, "coding=natural,bf16")).isEqualTo("top-k:0.1+natural");
        assertThat(compressor(draft, "compressor=identity,sign")).isEqualTo("identity");
        assertThat(SweepAxis.parse("compressor=sign,identity")
                        .set(draft, "sign")
                        .complete()
                        .arms()
                        .get(1)
                        .compressor())
                .as("gd never compresses")
                .isNull();
        assertThat(SweepAxis.parse("dirichlet-alpha=1,2")
                        .set(draft, "2")
                        .complete()
                        .fleet()
                        .split())
                .isEqualTo("dirichlet");
        assertThat(SweepAxis.parse("rounds=5,6").set(draft, "5").complete().rounds())
                .isEqualTo(5);
        assertThatThrownBy(() -> SweepAxis.parse("rule=x,y").set(draft, "x"))
                .hasMessageContaining("axis 'rule' at 'x'");
    }

    private static String compressor(ExperimentDraft draft, String axis) {
        SweepAxis parsed = SweepAxis.parse(axis);
        return String.valueOf(parsed.set(draft, parsed.values().get(0))
                .complete()
                .arms()
                .get(0)
                .compressor());
    }
}
