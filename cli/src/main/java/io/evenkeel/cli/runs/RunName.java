package io.evenkeel.cli.runs;

import io.evenkeel.operator.ApiPath;
import picocli.CommandLine.Parameters;

/** The parameter that names a run. */
final class RunName {

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    RunName() {}

    String text() {
        return name;
    }

    /** Returns the run's path, or that of something below it. */
    ApiPath path(String... below) {
        String[] segments = new String[below.length + 2];
        segments[0] = "runs";
        segments[1] = name;
        System.arraycopy(below, 0, segments, 2, below.length);
        return ApiPath.of(segments);
    }
}
