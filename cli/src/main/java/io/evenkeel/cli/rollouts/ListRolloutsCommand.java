package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists roll-outs. */
@Command(name = "list", description = "Lists roll-outs, newest first.")
final class ListRolloutsCommand extends ApiCommand {

    private static final int USUAL_LIMIT = 20;

    @Option(names = "--model", paramLabel = "MODEL", description = "Only those of this model.")
    private @Nullable String model;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those in this state: waiting, running, paused, finished or stopped.")
    private @Nullable String state;

    @Option(
            names = "--before",
            paramLabel = "LAST",
            description = "Continue after this one, the last of an earlier list.")
    private @Nullable String before;

    @Option(names = "--limit", paramLabel = "N", description = "List at most so many, up to 100 (default: 20).")
    private int limit = USUAL_LIMIT;

    ListRolloutsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode rollouts = client.get(ApiPath.of("rollouts")
                .with("model", model)
                .with("state", state)
                .with("before", before)
                .with("limit", limit));
        output.print(rollouts, page -> text(rollouts, page));
        return 0;
    }

    private static List<String> text(JsonNode rollouts, TextLayout page) {
        if (rollouts.isEmpty()) {
            return List.of("There are no such roll-outs: 'evenkeel rollouts create' makes one.");
        }
        ListTable table = new ListTable(page)
                .text("ROLLOUT")
                .text("MODEL")
                .state("STATE")
                .text("GROUP")
                .optionalNumber("CREATED")
                .optional("WHY");
        for (JsonNode rollout : rollouts) {
            table.row(
                    rollout.path("id").asString(),
                    RolloutText.versions(rollout),
                    rollout.path("state").asString(),
                    rollout.path("group").asInt() + "/" + rollout.path("groups").asInt(),
                    Times.age(rollout.path("createdAt"), page),
                    rollout.path("message").asString("-"));
        }
        return table.lines();
    }
}
