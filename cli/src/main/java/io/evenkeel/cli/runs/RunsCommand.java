package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeleteOptions;
import io.evenkeel.cli.command.DeviceFilterOptions;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.runs.init.InitRunCommand;
import io.evenkeel.cli.runs.watch.OpenRoundText;
import io.evenkeel.cli.runs.watch.WatchRunCommand;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code evenkeel runs}. */
@Command(
        name = "runs",
        description = "Creates, controls, inspects and deletes runs.",
        subcommands = {
            InitRunCommand.class,
            CreateRunCommand.class,
            WatchRunCommand.class,
            SetRunCommand.class,
            ModelCommand.class,
            AuditRunCommand.class
        },
        footer = {
            "",
            "Begin with:",
            "  evenkeel runs init --name digits           writes digits.yaml, with comments",
            "  evenkeel runs create -f digits.yaml",
            "  evenkeel tokens create --uses 10           a token for devices",
            "  evenkeel runs start digits --wait          starts once enough devices have joined",
            "  evenkeel runs watch digits"
        })
public final class RunsCommand extends Program {

    private static final String NAME = "The run's name.";

    RunsCommand() {
        super(
                "init",
                "create",
                "list",
                "show",
                "watch",
                "start",
                "pause",
                "resume",
                "cancel",
                "delete",
                "set",
                "revisions",
                "members",
                "rounds",
                "model",
                "audit",
                "smoothness");
    }

    @Command(name = "list", description = "Lists the runs, newest first.")
    void list(
            @Mixin ApiOptions api,
            @Option(
                            names = "--state",
                            split = ",",
                            paramLabel = "STATE",
                            description =
                                    "Only runs in these states: created, running, paused, finished, cancelled, failed.")
                    @Nullable
                    List<String> states,
            @Option(names = "--name", paramLabel = "TEXT", description = "Only runs whose name contains this text.")
                    @Nullable
                    String name,
            @Mixin PageOptions pages) {
        ApiPath list =
                ApiPath.of("runs").with("search", name).with("state", states == null ? null : String.join(",", states));
        api.print(pages, list, "name", RunTables::runs);
    }

    @Command(
            name = "show",
            description =
                    "Shows the status of a run: whether it is stalled and which members are missing, when it is expected to end, and its"
                            + " definition with all defaults.")
    void show(@Mixin ApiOptions api, @Parameters(paramLabel = "RUN", description = NAME) String run) {
        CoordinatorClient client = api.client();
        JsonNode status = client.get(ApiPath.of("runs", run));
        JsonNode open =
                RunStatus.hasOpenRound(status.path("state").asString()) ? OpenRoundText.fetch(client, run) : null;
        if (open != null && status instanceof ObjectNode fields) {
            fields.set("openRound", open);
        }
        api.print(status, RunText::lines);
    }

    @Command(
            name = "start",
            description = "Starts a run: round 0 opens. With --wait it starts when enough devices have joined.")
    void start(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "RUN", description = NAME) String run,
            @Mixin WaitOptions wait)
            throws InterruptedException {
        api.print(start(api.client(), run, wait), RunText::headlines);
    }

    /** Starts a run; with {@code --wait}, first waits until it has enough members. */
    static JsonNode start(CoordinatorClient client, String run, WaitOptions wait) throws InterruptedException {
        return wait.postOnceEnoughMembers(client, ApiPath.of("runs", run, "start"), "run '" + run + "'");
    }

    @Command(
            name = "pause",
            description = "Pauses a run: the open round accepts messages but does not close, and no device gets work.")
    void pause(@Mixin ApiOptions api, @Parameters(paramLabel = "RUN", description = NAME) String run) {
        api.print(api.post(ApiPath.of("runs", run, "pause")), RunText::headlines);
    }

    @Command(
            name = "resume",
            description = "Resumes a paused run. The open round's deadline moves by the length of the pause.")
    void resume(@Mixin ApiOptions api, @Parameters(paramLabel = "RUN", description = NAME) String run) {
        api.print(api.post(ApiPath.of("runs", run, "resume")), RunText::headlines);
    }

    @Command(name = "cancel", description = "Ends a run for good. Its models and records stay.")
    void cancel(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "RUN", description = NAME) String run,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require("Cancel run '" + run + "' at " + client.address() + " for good?");
        api.print(client.post(ApiPath.of("runs", run, "cancel"), null), RunText::headlines);
    }

    @Command(
            name = "delete",
            description =
                    "Permanently deletes a run that is not in progress, with its members, messages, models, rounds, events"
                            + " and the evaluations of its models. Asks for the run's name. 'evenkeel export' keeps a"
                            + " copy.")
    void delete(@Mixin ApiOptions api, @Mixin DeleteOptions deletion) throws IOException {
        deletion.delete(
                api,
                "runs",
                "run",
                run -> ApiPath.of("runs", run),
                (confirmation, run) -> confirmation.requireTyped(
                        "Delete run '" + run + "' for good, with its messages and models?", run));
    }

    @Command(
            name = "revisions",
            description = "Lists the changes of a run in progress: when, by whom, and from which round on.")
    void revisions(@Mixin ApiOptions api, @Parameters(paramLabel = "RUN", description = NAME) String run) {
        api.print(
                api.get(ApiPath.of("runs", run, "revisions")),
                (revisions, page) -> revisions.isEmpty()
                        ? List.of("Run " + run + " has not been changed. 'evenkeel runs set' changes it.")
                        : RevisionText.list(revisions, page));
    }

    @Command(
            name = "members",
            description = {
                "Lists a run's members: weight, messages, last answered round, and time last seen.",
                "With --remove, removes a member: its part leaves the sum when the open round closes."
            })
    void members(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "RUN", description = NAME) String run,
            @Option(names = "--remove", paramLabel = "DEVICE", description = "The id of a member to remove.") @Nullable
                    String removed,
            @Mixin DeviceFilterOptions filter,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description =
                                    "Only members in this state: active, joining (from the next round on) or leaving.")
                    @Nullable
                    String state,
            @Mixin PageOptions pages,
            @Mixin Confirmation confirmation)
            throws IOException {
        ApiPath members = ApiPath.of("runs", run, "members");
        if (removed == null) {
            api.print(pages, filter.of(members).with("state", state), "ordinal", RunTables::members);
            return;
        }
        CoordinatorClient client = api.client();
        confirmation.require("Remove device " + removed + " from run '" + run + "'?");
        client.delete(ApiPath.of("runs", run, "members", removed));
        api.print(JsonObject.of("run", run, "client", removed), "device " + removed + " leaves run '" + run + "'");
    }

    @Command(name = "rounds", description = "Lists a run's closed rounds, by default the last 20.")
    void rounds(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "RUN", description = NAME) String run,
            @Option(
                            names = "--from",
                            paramLabel = "ROUND",
                            description = "The first round to list (default: the list ends with the newest).")
                    @Nullable
                    Integer from,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "How many rounds to list, 1 to 1000 (default: 20).")
                    int limit) {
        CoordinatorClient client = api.client();
        int first = from != null
                ? from
                : Math.max(0, client.get(ApiPath.of("runs", run)).path("round").asInt() - limit);
        api.print(
                client.get(ApiPath.of("runs", run, "rounds").with("from", first).with("limit", limit)),
                RunTables::rounds);
    }

    @Command(
            name = "smoothness",
            description = "Estimates the smoothness of the loss (L0 and L1), for runs whose devices report it.")
    void smoothness(@Mixin ApiOptions api, @Parameters(paramLabel = "RUN", description = NAME) String run) {
        api.print(api.get(ApiPath.of("runs", run, "smoothness")), (estimate, page) -> {
            Properties properties = new Properties();
            estimate.properties()
                    .forEach(field -> properties.add(
                            field.getKey(),
                            field.getValue().isValueNode()
                                    ? field.getValue().asString("")
                                    : field.getValue().toString()));
            return properties.lines(page);
        });
    }
}
