package io.evenkeel.trial.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFolderTest {

    @TempDir
    private Path folder;

    private static Experiment experiment() {
        return new ExperimentDraft(
                        null, null, null, null, null, 3, null, null, null, null, List.of(ArmSettings.parse("gd")), null)
                .complete();
    }

    private static ArmRun run(String arm, long seed) {
        TrajectoryPoint point = new TrajectoryPoint(0, seed, 1, Double.NaN, 1, 1, 0.1, 1, Double.NaN, 0);
        return new ArmRun(arm, seed, new Outcome(Outcome.Kind.FINISHED, 3, ""), List.of(point));
    }

    @Test
    void keepsRunsOfArmsWithSimilarNamesApart() throws IOException {
        ResultsFolder results = ResultsFolder.create(folder.resolve("a"), experiment());
        List<String> names = List.of("a*2", "ax2", "a-2", "a.2", "a_2", "a+2", "a-seed1", "a", "..", "*");
        for (String name : names) {
            new ArmSettings(name, "gd", null, null, null, null, null, null, null);
            results.keep(run(name, 1));
            results.keep(run(name, 11));
        }
        for (String name : names) {
            assertThat(results.kept(name, 1)).hasValue(run(name, 1));
            assertThat(results.kept(name, 11)).hasValue(run(name, 11));
            assertThat(results.kept(name, 2)).isEmpty();
        }
    }

    @Test
    void doesNotReturnTheRunOfAnotherArm() throws IOException {
        ResultsFolder results = ResultsFolder.create(folder.resolve("a"), experiment());
        results.keep(run("gd", 1));
        Path kept = folder.resolve("a").resolve("runs");
        // Simulates a case-insensitive disk, on which GD and gd are the same name.
        Files.move(kept.resolve("gd-seed1.json"), kept.resolve("GD-seed1.json"));
        assertThat(results.kept("GD", 1)).isEmpty();
    }

    @Test
    void namesTheDamagedFileAndTheRemedy() throws IOException {
        ResultsFolder results = ResultsFolder.create(folder.resolve("a"), experiment());
        results.keep(run("gd", 1));
        Files.writeString(folder.resolve("a").resolve("runs").resolve("gd-seed1.json"), "{");
        assertThatThrownBy(() -> results.kept("gd", 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("gd-seed1.json is damaged: delete it");
    }
}
