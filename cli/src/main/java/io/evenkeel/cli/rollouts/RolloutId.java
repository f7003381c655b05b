package io.evenkeel.cli.rollouts;

import io.evenkeel.operator.ApiPath;
import java.util.stream.Stream;
import picocli.CommandLine.Parameters;

/** The parameter that names a roll-out. */
public final class RolloutId {

    @Parameters(index = "0", paramLabel = "ROLLOUT", description = "The roll-out's id.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    /** For picocli. */
    RolloutId() {}

    /** Returns the id. */
    @Override
    public String toString() {
        return id;
    }

    /** Returns the roll-out's path, or that of something below it. */
    ApiPath path(String... below) {
        return ApiPath.of(
                Stream.concat(Stream.of("rollouts", id), Stream.of(below)).toArray(String[]::new));
    }
}
