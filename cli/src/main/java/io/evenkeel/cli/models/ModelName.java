package io.evenkeel.cli.models;

import io.evenkeel.operator.ApiPath;
import java.util.stream.Stream;
import picocli.CommandLine.Parameters;

/** The name of a registered model, as the first argument of a command. */
public final class ModelName {

    @Parameters(index = "0", paramLabel = "MODEL", description = "The registered model's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    /** For picocli. */
    ModelName() {}

    String text() {
        return name;
    }

    /** Returns the path of the model, or of something below it. */
    ApiPath path(String... more) {
        return ApiPath.of(
                Stream.concat(Stream.of("models", name), Stream.of(more)).toArray(String[]::new));
    }
}
