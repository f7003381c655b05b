package io.evenkeel.cli.experiments;

import io.evenkeel.operator.ApiPath;
import picocli.CommandLine.Parameters;

/** The parameter that names an experiment. */
final class ExperimentName {

    @Parameters(index = "0", paramLabel = "EXPERIMENT", description = "The experiment's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    ExperimentName() {}

    String text() {
        return name;
    }

    ApiPath path() {
        return ApiPath.of("experiments", name);
    }

    ApiPath path(String verb) {
        return ApiPath.of("experiments", name, verb);
    }
}
