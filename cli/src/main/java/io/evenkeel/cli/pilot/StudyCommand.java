package io.evenkeel.cli.pilot;

import io.evenkeel.trial.grid.GridKind;
import io.evenkeel.trial.grid.GridPlan;
import io.evenkeel.trial.grid.StudyPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evenkeel pilot study}: measures the effects of normalization on one data set. */
@Command(
        name = "study",
        description = {
            "Runs the standard sweeps on a data set (step size, compression, label noise, heterogeneous clients) and"
                    + " answers: does normalization allow larger steps, does it help more with stronger compression, does"
                    + " it help with label noise, does it over-smooth with heterogeneous clients, and where does it not"
                    + " help?",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel pilot study --data a9a.gz --out study",
            "  evenkeel pilot study --data digits --quick",
            "",
            "Methods are compared at their best step sizes. The report states the differences that matter. Ctrl-C"
                    + " keeps the results so far; --resume continues."
        })
final class StudyCommand extends GridAction {

    @Option(
            names = "--quick",
            order = FIRST,
            description = "A short study: 100 rounds, one seed, coarse grids, two values per axis.")
    private boolean quick;

    StudyCommand() {
        super(GridKind.STUDY, "--quick");
    }

    @Override
    boolean isOwnGiven() {
        return quick;
    }

    @Override
    GridPlan plan(ExperimentOptions settings) {
        return StudyPlan.of(settings.study(), quick);
    }
}
