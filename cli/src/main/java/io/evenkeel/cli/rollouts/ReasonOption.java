package io.evenkeel.cli.rollouts;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The option {@code --reason}. */
public final class ReasonOption {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the roll-out's events.")
    private @Nullable String reason;

    /** For picocli. */
    ReasonOption() {}

    /** Returns the request's body; null without a reason. */
    @Nullable
    JsonNode body() {
        return reason == null ? null : new JsonMapper().createObjectNode().put("reason", reason);
    }
}
