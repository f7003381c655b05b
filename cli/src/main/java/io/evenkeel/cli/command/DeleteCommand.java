package io.evenkeel.cli.command;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that deletes one record, or all of its kind that came to their end long ago. */
public abstract class DeleteCommand extends ApiCommand {

    private static final int MAX_NAMED = 10;

    private final String kind;
    private final String noun;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which one: its name, or its id if it has none.")
    private @Nullable String name;

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            converter = DurationConverter.class,
            description =
                    "Instead of one, all that came to their end longer ago than this, such as 90d. Those that are still"
                            + " referred to are kept.")
    private @Nullable Duration age;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    /**
     * Creates a command.
     *
     * @param kind the kind's name in the API, which is the plural of the noun
     * @param noun what people call a record
     */
    protected DeleteCommand(String kind, String noun) {
        this.kind = kind;
        this.noun = noun;
    }

    /** Returns the path of a record. */
    protected abstract ApiPath path(String record);

    /** Asks whether to delete a record. */
    protected void confirm(Confirmation asking, String record) throws IOException {
        asking.require("Delete " + noun + " '" + record + "' for good?");
    }

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        if ((name == null) == (age == null)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "give the " + noun + "'s name or id, or --older-than, and not both");
        }
        ObjectNode done = name != null ? deleteOne(client, name) : deleteOld(client, Objects.requireNonNull(age));
        output.print(done, page -> lines(done));
        return 0;
    }

    private ObjectNode deleteOne(CoordinatorClient client, String record) throws IOException {
        confirm(confirmation, record);
        client.delete(path(record));
        ObjectNode done = new JsonMapper().createObjectNode();
        done.putArray("deleted").add(record);
        done.putArray("kept");
        return done;
    }

    private ObjectNode deleteOld(CoordinatorClient client, Duration olderThan) throws IOException {
        ObjectNode old = delete(client, olderThan, true);
        if (old.path("deleted").isEmpty()) {
            return old;
        }
        confirmation.require(question(old.path("deleted")));
        return delete(client, olderThan, false);
    }

    /** Sends as many requests as it takes. */
    private ObjectNode delete(CoordinatorClient client, Duration olderThan, boolean dryRun) {
        ObjectNode all = new JsonMapper().createObjectNode();
        ArrayNode deleted = all.putArray("deleted");
        ArrayNode kept = all.putArray("kept");
        String after = "";
        while (after != null) {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("kind", kind);
            request.put("olderThan", olderThan.toString());
            request.put("after", after);
            request.put("dryRun", dryRun);
            JsonNode some = client.post(ApiPath.of("deletions"), request);
            some.path("deleted").forEach(deleted::add);
            some.path("kept").forEach(kept::add);
            after = some.hasNonNull("next") ? some.path("next").asString() : null;
        }
        return all;
    }

    private String counted(int count) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private String question(JsonNode old) {
        List<String> names = new ArrayList<>();
        old.forEach(record -> names.add(record.asString()));
        String more = names.size() > MAX_NAMED ? ", …" : "";
        return "Delete " + counted(names.size()) + " for good: "
                + String.join(", ", names.subList(0, Math.min(MAX_NAMED, names.size()))) + more + "?";
    }

    private List<String> lines(JsonNode done) {
        List<String> lines = new ArrayList<>();
        lines.add(counted(done.path("deleted").size()) + " deleted");
        done.path("kept")
                .forEach(record -> lines.add("kept: " + record.path("reason").asString()));
        return lines;
    }
}
