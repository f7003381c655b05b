package io.evenkeel.trial.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.measure.Summarizer;
import io.evenkeel.trial.report.DecisionPage;
import io.evenkeel.trial.report.TrialReport;
import io.evenkeel.trial.report.TrialResults;
import io.evenkeel.trial.simulation.Arm;
import io.evenkeel.trial.simulation.Simulation;
import io.evenkeel.trial.simulation.Trial;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the folders under client-sdk/vectors/trials, which the tests of the Python trial also use. */
class SharedTrialsTest {

    private static ResultsFolder open(String name) throws IOException {
        return ResultsFolder.open(Path.of("..", "client-sdk", "vectors", "trials", name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "perceptron"})
    void givesTheSummaryAndVerdictsOfTheTrajectories(String name) throws IOException {
        ResultsFolder folder = open(name);
        Experiment experiment = folder.experiment();
        Trial.Prepared prepared =
                new Trial(experiment).prepared(experiment.seeds().get(0));
        Summary found = new Summarizer(experiment, prepared, folder.runs(), Map.of(), Clock.systemUTC()).summary();
        assertThat(found)
                .usingRecursiveComparison()
                .ignoringFields("environment")
                .withComparatorForType(SharedTrialsTest::compareUpToRounding, Double.class)
                .isEqualTo(folder.summary());
        assertThat(found.comparisons()).hasSize(experiment.arms().size() - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lossy", "decay", "scatter", "hostile", "private"})
    void givesTheTrajectoriesAgain(String name) throws Exception {
        ResultsFolder folder = open(name);
        List<ArmRun> runs = new ArrayList<>();
        Experiment experiment = folder.experiment();
        Trial.Prepared prepared =
                new Trial(experiment).prepared(experiment.seeds().get(0));
        for (Arm arm : prepared.arms()) {
            runs.add(new Simulation(experiment, prepared.fleet(), arm, 1, 1, (a, seed, round, x) -> true).run());
        }
        assertThat(runs)
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*seconds")
                .withComparatorForType(SharedTrialsTest::compareUpToRounding, Double.class)
                .isEqualTo(folder.runs());
    }

    /** The quantiles of Student's t come from a library, whose last digits may differ. */
    private static int compareUpToRounding(double a, double b) {
        return Math.abs(a - b) <= 1e-12 * Math.abs(b) ? 0 : Double.compare(a, b);
    }

    @Test
    void readsAndReportsATrialMadeInPython() throws IOException {
        ResultsFolder folder = open("python");
        TrialResults results = TrialResults.read(folder);
        assertThat(results.experiment().description()).isEqualTo("four points, in Python");
        assertThat(results.runs())
                .hasSize(8)
                .allSatisfy(run -> assertThat(run.points()).hasSize(21));
        assertThat(TrialReport.english().page(results))
                .contains("four points, in Python", "ef21-norm", "0.3000, chosen");
        Summary summary = folder.summary();
        CostModel model = CostModel.of(
                results.experiment(), summary, CostModel.hardestTarget(summary), Prices.DEFAULT, Deployment.DEFAULT);
        assertThat(DecisionPage.of(Texts.in(Language.ENGLISH), new Decision(model)))
                .contains("ef21-norm");
    }

    @Test
    void refusesToRunATrialMadeInPython() throws IOException {
        Experiment experiment = open("python").experiment();
        assertThatThrownBy(() -> new Trial(experiment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this trial was made by evenkeel.trial in Python: run it there");
    }
}
