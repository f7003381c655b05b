package io.evenkeel.trial.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentFileTest {

    @TempDir
    private Path folder;

    private Experiment read(String yaml) throws IOException {
        return ExperimentFile.read(Files.writeString(folder.resolve("e.yaml"), yaml));
    }

    @Test
    void fillsInOmittedSettings() throws IOException {
        Experiment experiment = read("{}");
        assertThat(experiment.data().source()).isEqualTo("digits");
        assertThat(experiment.loss().kind()).isEqualTo("softmax");
        assertThat(experiment.rounds()).isEqualTo(1000);
        assertThat(experiment.seeds()).containsExactly(1L);
        assertThat(experiment.baseline()).isEqualTo("gd");
        assertThat(experiment.thresholds()).isEqualTo(new ThresholdSettings(0.5, 2, 10, 10));
        assertThat(experiment.arms())
                .extracting(ArmSettings::name)
                .containsExactly("gd", "gd-norm", "ef21", "ef21-tuned", "ef21-norm", "ef21-adaptive");
        assertThat(experiment.arms().get(0).gamma())
                .isEqualTo("best-of:theory|theory*2|theory*4|theory*8|theory*16|theory*32|theory*64");
    }

    @Test
    void searchesNumbersIfTheLossHasNoTheory() throws IOException {
        Experiment experiment = read("loss: {kind: perceptron}\narms: [{name: a, algorithm: ef21, gamma: 'tuned:3'}]");
        assertThat(experiment.arms().get(0).gamma()).isEqualTo("best-of:0.01|0.1|1");
        assertThat(experiment.arms().get(0).candidates())
                .extracting(ArmSettings::name)
                .containsExactly("a@0", "a@1", "a@2");
        assertThat(experiment.withSeeds(List.of(1L, 2L)).runs()).isEqualTo(4);
    }

    @Test
    void comparesWithTheUncompressedArmUnlessAnotherIsNamed() throws IOException {
        String arms = "arms: [{name: a, algorithm: ef21}, {name: b, algorithm: gd-norm}]";
        assertThat(read(arms).baseline()).isEqualTo("b");
        assertThat(read(arms + "\nbaseline: a").baseline()).isEqualTo("a");
    }

    @Test
    void usesFiveSeedsIfSomethingIsDrawnAtRandom() throws IOException {
        assertThat(read("fleet: {split: iid}").seeds()).hasSize(5);
        assertThat(read("gradient: {batch: 8}").seeds()).hasSize(5);
        assertThat(read("data: {source: quadratic}").seeds()).hasSize(5);
        assertThat(read("arms: [{name: a, algorithm: gd-norm, privacy: clip:1:5}]")
                        .seeds())
                .hasSize(5);
        assertThat(read("arms: [{name: a, algorithm: ef21, downlink: rand-k:0.1}]")
                        .seeds())
                .hasSize(5);
        assertThat(read("arms: [{name: a, algorithm: ef21, downlink: top-k:0.1}]")
                        .seeds())
                .hasSize(1);
    }

    @Test
    void readsBackWhatItWrites() throws IOException {
        Experiment experiment = read("""
                data: {source: csv, file: a b.csv, label-column: y, split-column: "3", test-share: 0.25, label-noise: 0.1}
                loss: {kind: softmax, regularizer: l2, lambda: 0.001}
                fleet: {weights: samples, participation: 0.5}
                gradient: {batch: 16, local-steps: 3, local-step-size: 0.05}
                start: {x: normal, g: compressed}
                rounds: 77
                seeds: [3, 9]
                record-every: 7
                targets: ["loss:0.5", "test-metric:99%"]
                thresholds: {accuracy-points: 1, rounds-percent: 20}
                baseline: plain
                arms:
                  - {name: plain, algorithm: ef21, gamma: best-of:theory*4|theory*16}
                  - {name: n, algorithm: ef21-sgdm-norm, compressor: top-k:0.1+bf16, gamma: anytime:1:0.5, eta: constant:0.2}
                """);
        Path file = folder.resolve("written.yaml");
        ExperimentFile.write(experiment, file);
        assertThat(ExperimentFile.read(file)).isEqualTo(experiment);
    }

    @Test
    void namesLineAndColumnOfAnInvalidValue() {
        assertThatThrownBy(() -> read("rounds: 5\nround: 6\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("e.yaml:2:")
                .hasMessageContaining("round");
        assertThatThrownBy(() -> read("rounds: many\n")).hasMessageContaining("e.yaml:1:");
        assertThatThrownBy(() -> read("rounds: [1\n")).hasMessageContaining("e.yaml:");
    }

    @Test
    void refusesImpossibleCombinations() {
        assertRefused(
                "data: {source: quadratic}\nloss: {kind: logistic}", "cannot be combined with loss.kind logistic");
        assertRefused("data: {source: quadratic}\ngradient: {batch: 4}", "no samples to draw batches from");
        assertRefused("data: {source: polynomial}\nfleet: {clients: 3}", "set fleet.clients to 1");
        assertRefused("fleet: {split: column}", "require each other");
        assertRefused("data: {source: csv}", "needs one");
        assertRefused("data: {test-share: 1}", "data.test-share is 1.0");
        assertRefused("rounds: 0", "rounds is 0");
        assertRefused("seeds: [1, 1]", "contains one twice");
        assertRefused("baseline: nobody", "baseline is 'nobody', expected the name of an arm: gd, gd-norm, ef21");
        assertRefused("targets: ['speed:3']", "target 'speed:3'");
        assertRefused("targets: ['loss:120%']", "more than 0% and at most 100%");
        assertRefused("targets: ['grad-norm:50%']", "expected loss or test-metric");
        assertRefused("thresholds: {loss-percent: -1}", "thresholds.loss-percent is -1.0");
        assertRefused("arms: [{name: a, algorithm: gd, gamma: 'best-of:1'}]", "has 1 step sizes, expected 2 to 32");
        assertRefused("arms: [{name: a, algorithm: gd, gamma: 'best-of:1|tuned'}]", "without a search");
        assertRefused("arms: [{name: a, algorithm: gd, gamma: 'tuned:x'}]", "tuned:COUNT");
        assertRefused("loss: {regularizer: l2, lambda: 0}", "loss.lambda is 0");
        assertRefused("arms: [{name: a, algorithm: sgd}]", "'sgd' is not an algorithm");
        assertRefused("arms: [{name: a, algorithm: ef21}, {name: a, algorithm: gd}]", "two arms are named 'a'");
        assertRefused("loss: {kind: resnet-9}", "loss.kind is 'resnet-9', expected one of logistic");
        assertRefused("data: {source: cifar10, file: f, test-share: 0.5}", "has its own held-out images");
        assertRefused("fleet: {over: mail}", "fleet.over is 'mail', expected one of process, http");
    }

    @Test
    void refusesSettingsOverHttpThatACoordinatorDoesNotKnow() {
        assertRefused("fleet: {over: http, clients: 501}", "fleet.clients is 501, expected at most 500");
        assertRefused("fleet: {over: http}\nstart: {g: dense}", "over http runs start from zeros");
    }

    private void assertRefused(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml)).hasMessageContaining(message);
    }

    @Test
    void readsArmsAsPeopleTypeThem() {
        ArmSettings arm = ArmSettings.parse("ef21,gamma=theory*4,compressor=top-k:0.1");
        assertThat(arm.name()).isEqualTo("ef21-theory*4-top-k-0.1");
        assertThat(arm.gamma()).isEqualTo("theory*4");
        assertThat(StepSize.parse("theory*4")).isEqualTo(new StepSize.OfTheory(4));
        assertThatThrownBy(() -> ArmSettings.parse("ef21,alpha=3")).hasMessageContaining("'alpha=3' is not KEY=VALUE");
        assertThatThrownBy(() -> ArmSettings.parse("ef21,gamma=theory*-1")).hasMessageContaining("theory*FACTOR");
        assertThatThrownBy(() -> ArmSettings.parse("ef21,name=a b")).hasMessageContaining("a name has 1 to 64");
    }
}
