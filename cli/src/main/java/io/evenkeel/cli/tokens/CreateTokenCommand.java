package io.evenkeel.cli.tokens;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Creates a token for enrolling devices or for an operator or viewer. */
@Command(
        name = "create",
        description = {
            "Creates a token with which devices enrol, or with --operator or --viewer one with which a person or a program"
                    + " logs in. Its text is printed once, alone on standard output."
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel tokens create --uses 10 --expires 1h",
            "  evenkeel tokens create --viewer prometheus --expires 90d",
            "  evenkeel tokens create --operator alice --runs 'fleet-a-*'",
            "  evenkeel tokens create --viewer bob --rights approve"
        })
final class CreateTokenCommand extends ApiCommand {

    @ArgGroup
    private @Nullable Access access;

    @Option(names = "--uses", paramLabel = "N", description = "How many devices can enrol with it (default: 1).")
    private @Nullable Integer uses;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description =
                    "A restriction: the only run in which its devices can take part. They get no other run or model,"
                            + " and must enrol again for another one (default: none).")
    private @Nullable String run;

    @Option(names = "--later", description = "With --run: the run does not exist yet and is created later.")
    private boolean later;

    @Option(names = "--description", paramLabel = "TEXT", description = "A description of an enrolment token.")
    private @Nullable String description;

    @Option(
            names = "--expires",
            paramLabel = "DURATION",
            description = "When it expires, such as 1h or 90d (default: never).")
    private @Nullable String expires;

    @Option(
            names = "--rights",
            paramLabel = "RIGHT",
            split = ",",
            description = "With --operator or --viewer: additional rights, approve (roll-outs and"
                    + " the end of an alias's protection) and mint (access tokens), or none (default: both for an"
                    + " operator of all runs, otherwise none).")
    private @Nullable List<String> rights;

    @Option(
            names = "--runs",
            paramLabel = "PATTERN",
            split = ",",
            description =
                    "With --operator or --viewer: the only runs that the token allows, as names or prefixes of names"
                            + " with a star (default: all runs, and requests that concern no run).")
    private @Nullable List<String> runs;

    /** The role of an access token. */
    static final class Access {

        @Option(
                names = "--operator",
                paramLabel = "NAME",
                description = "An operator's token; the audit log shows NAME.")
        private @Nullable String operator;

        @Option(names = "--viewer", paramLabel = "NAME", description = "A viewer's token, which allows no changes.")
        private @Nullable String viewer;
    }

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode created = access == null ? enrolment(client) : access(client, access);
        output.printSecret(created, "token", () -> "token " + created.path("id").asString() + ", shown only once:");
        return 0;
    }

    private JsonNode enrolment(CoordinatorClient client) {
        if (rights != null || runs != null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--rights and --runs are for access tokens: give --operator or --viewer, or --run for an enrolment"
                            + " token");
        }
        if (run != null && !later) {
            requireRun(client, run);
        }
        return client.post(
                ApiPath.of("enrolment-tokens"),
                JsonObject.of("expiresIn", expires, "uses", uses, "run", run, "description", description));
    }

    /** Refuses a run that does not exist, because devices with the token could not join any other. */
    private static void requireRun(CoordinatorClient client, String name) {
        try {
            JsonNode unused = client.get(ApiPath.of("runs", name));
        } catch (OperatorException refusal) {
            if (refusal.exitCode() != ExitCode.NOT_FOUND) {
                throw refusal;
            }
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no run '" + name
                            + "': correct --run ('evenkeel runs list' shows all), or give --later if you"
                            + " create it later",
                    refusal);
        }
    }

    private JsonNode access(CoordinatorClient client, Access person) {
        if (uses != null || run != null || later || description != null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--uses, --run, --later and --description are for enrolment tokens: leave them out");
        }
        return client.post(
                ApiPath.of("access-tokens"),
                new JsonObject()
                        .put("expiresIn", expires)
                        .put("name", person.operator != null ? person.operator : person.viewer)
                        .put("role", person.operator != null ? "operator" : "viewer")
                        .put("rights", List.of("none").equals(rights) ? List.of() : rights)
                        .put("runs", runs)
                        .node());
    }
}
