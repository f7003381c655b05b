package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.DefinitionFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes the definition of a run, which may be running. */
@Command(
        name = "set",
        description = {
            "Changes a run in progress. The change takes effect when the next round opens, or when the open round"
                    + " is extended because messages are missing.",
            ""
        },
        footer = {
            "",
            "  evenkeel runs set digits rounds=800 time.max=90s",
            "  evenkeel runs set digits 'stop.targets=[\"accuracy >= 0.95\"]'",
            "  evenkeel runs set digits participants.max=none --reason \"all devices are on mains power\""
        })
final class SetRunCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's name.")
    @SuppressWarnings("NullAway.Init")
    private String run;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FIELD=VALUE",
            completionCandidates = DefinitionFields.class,
            description = "A field and its new value; 'none' restores the default. Fields: ${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init")
    private List<String> settings;

    @Option(names = "--reason", paramLabel = "TEXT", description = "The reason, for the list of changes.")
    private @Nullable String reason;

    @Option(names = "--dry-run", description = "Show the changes without making them.")
    private boolean dryRun;

    @Mixin
    private Confirmation confirmation;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        ObjectNode patch = FieldSettings.patch(settings);
        ApiPath runPath = ApiPath.of("runs", run);
        JsonNode before = client.get(runPath);
        // The coordinator refuses the change if another operator changed the run in the meantime.
        patch.put("revision", before.path("revision").asInt());
        ApiPath path = runPath.with("reason", reason);
        JsonNode preview = client.patch(path.with("dryRun", true), patch);
        if (dryRun || preview.path("changes").isEmpty()) {
            output.print(preview, page -> preview(preview, page));
            return 0;
        }
        if (output.isText()) {
            preview(preview, output.page()).forEach(output.err()::println);
        }
        confirmation.require(
                "Change run '" + run + "' at " + client.address() + "?", "The next round follows the change");
        JsonNode revision = client.patch(path, patch);
        output.print(
                revision,
                page -> List.of("Run " + run + " is at revision "
                        + revision.path("number").asInt() + ": " + RevisionText.effect(revision) + "."));
        return 0;
    }

    private List<String> preview(JsonNode preview, TextLayout page) {
        if (preview.path("changes").isEmpty()) {
            return List.of("Run " + run + " already has these values: nothing to change.");
        }
        List<String> lines = new ArrayList<>(RevisionText.changes(preview, page));
        lines.add("");
        lines.add("Takes effect " + RevisionText.effect(preview) + ".");
        return lines;
    }
}
