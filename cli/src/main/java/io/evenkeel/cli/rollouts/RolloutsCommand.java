package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code evenkeel rollouts}. */
@Command(
        name = "rollouts",
        description =
                "Brings a version of a model to the devices behind an alias, group by group, and stops automatically.",
        subcommands = {CreateRolloutCommand.class, WatchRolloutCommand.class})
public final class RolloutsCommand extends Program {

    private static final String ID = "The roll-out's id.";
    private static final String REASON = "The reason, for the roll-out's events.";

    RolloutsCommand() {
        super("create", "list", "show", "watch", "devices", "approve", "pause", "resume", "skip", "stop");
    }

    @Command(name = "list", description = "Lists roll-outs, newest first.")
    void list(
            @Mixin ApiOptions api,
            @Option(names = "--model", paramLabel = "MODEL", description = "Only those of this model.") @Nullable
                    String model,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "Only those in this state: waiting, running, paused, finished or stopped.")
                    @Nullable
                    String state,
            @Option(
                            names = "--before",
                            paramLabel = "LAST",
                            description = "Continue after this one, the last of an earlier list.")
                    @Nullable
                    String before,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "The maximum number of entries, up to 100 (default: 20).")
                    int limit) {
        ApiPath list = ApiPath.of("rollouts")
                .with("model", model)
                .with("state", state)
                .with("before", before)
                .with("limit", limit);
        api.print(api.get(list), RolloutText::list);
    }

    @Command(name = "show", description = "Shows a roll-out: its groups, what its devices reported, and its events.")
    void show(@Mixin ApiOptions api, @Parameters(paramLabel = "ROLLOUT", description = ID) String id) {
        api.print(api.get(ApiPath.of("rollouts", id)), RolloutText::lines);
    }

    @Command(name = "devices", description = "Lists the devices that got the version, with the reasons of failures.")
    void devices(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ROLLOUT", description = ID) String id,
            @Option(
                            names = "--outcome",
                            paramLabel = "OUTCOME",
                            description = "Only these: asked, installed or failed.")
                    @Nullable
                    String outcome,
            @Option(
                            names = "--group",
                            paramLabel = "N",
                            description = "Only those of this group, by its number from 1.")
                    @Nullable
                    Integer group,
            @Mixin PageOptions pages) {
        ApiPath list =
                ApiPath.of("rollouts", id, "devices").with("outcome", outcome).with("group", group);
        api.print(pages, list, "client", RolloutText::devices);
    }

    @Command(
            name = "approve",
            description = "Approves a roll-out, which starts it. Only an operator other than its creator can do this.")
    void approve(@Mixin ApiOptions api, @Parameters(paramLabel = "ROLLOUT", description = ID) String id) {
        change(api, id, "approve", null);
    }

    @Command(
            name = "pause",
            description = "Pauses a roll-out: no further device gets the version, and those that have it keep it.")
    void pause(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ROLLOUT", description = ID) String id,
            @Option(names = "--reason", paramLabel = "TEXT", description = REASON) @Nullable String reason) {
        change(api, id, "pause", reason);
    }

    @Command(name = "resume", description = "Resumes a paused roll-out. The time of its open group restarts.")
    void resume(@Mixin ApiOptions api, @Parameters(paramLabel = "ROLLOUT", description = ID) String id) {
        change(api, id, "resume", null);
    }

    @Command(
            name = "skip",
            description = "Opens the next group now. After the last one the alias points to the version.")
    void skip(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ROLLOUT", description = ID) String id,
            @Option(names = "--reason", paramLabel = "TEXT", description = REASON) @Nullable String reason) {
        change(api, id, "skip", reason);
    }

    @Command(
            name = "stop",
            description = "Stops a roll-out. Its devices return to the previous version with their next request.")
    void stop(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ROLLOUT", description = ID) String id,
            @Option(names = "--reason", paramLabel = "TEXT", description = REASON) @Nullable String reason,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require(
                "Stop roll-out " + id + " at " + client.address() + " for good?",
                "Its devices return to the previous version");
        change(api, id, "stop", reason);
    }

    private static void change(ApiOptions api, String id, String verb, @Nullable String reason) {
        JsonNode body = reason == null ? null : JsonObject.of("reason", reason);
        api.print(api.client().post(ApiPath.of("rollouts", id, verb), body), RolloutText::lines);
    }
}
