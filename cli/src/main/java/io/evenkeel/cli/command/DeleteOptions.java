package io.evenkeel.cli.command;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The options of a command that deletes one record, or all records of a kind that ended long ago. */
public final class DeleteOptions {

    private static final int MAX_NAMED = 10;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "The name of the record, or its id if it has no name.")
    private @Nullable String name;

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            description =
                    "Instead of one, deletes all that ended longer ago than this, such as 90d. Those that are still"
                            + " in use stay.")
    private @Nullable Duration age;

    @Mixin
    private Confirmation confirmation;

    /** Asks whether to delete a record. */
    @FunctionalInterface
    public interface Question {

        /** Returns normally if the answer is yes. */
        void ask(Confirmation confirmation, String record) throws IOException;
    }

    /**
     * Deletes the records that the options name, after a confirmation.
     *
     * @param kind the kind's name in the API
     * @param noun the noun for a record in messages
     * @param path returns the path of a record
     */
    public void delete(ApiOptions api, String kind, String noun, Function<String, ApiPath> path) throws IOException {
        delete(
                api,
                kind,
                noun,
                path,
                (asking, record) -> asking.require("Delete " + noun + " '" + record + "' for good?"));
    }

    /** Deletes the records that the options name, after asking the caller's question. */
    public void delete(ApiOptions api, String kind, String noun, Function<String, ApiPath> path, Question question)
            throws IOException {
        CoordinatorClient client = api.client();
        if ((name == null) == (age == null)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "give the " + noun + "'s name or id, or --older-than, but not both");
        }
        JsonNode done;
        if (name == null) {
            done = deleteOld(client, kind, noun, Objects.requireNonNull(age));
        } else {
            question.ask(confirmation, name);
            client.delete(path.apply(name));
            done = JsonObject.of("deleted", List.of(name), "kept", List.of());
        }
        api.print(done, (document, page) -> lines(document, noun));
    }

    private ObjectNode deleteOld(CoordinatorClient client, String kind, String noun, Duration olderThan)
            throws IOException {
        ObjectNode old = delete(client, kind, olderThan, true);
        if (old.path("deleted").isEmpty()) {
            return old;
        }
        confirmation.require(question(old.path("deleted"), noun));
        return delete(client, kind, olderThan, false);
    }

    /** Sends requests until all pages are deleted. */
    private static ObjectNode delete(CoordinatorClient client, String kind, Duration olderThan, boolean dryRun) {
        ObjectNode all = new JsonMapper().createObjectNode();
        ArrayNode deleted = all.putArray("deleted");
        ArrayNode kept = all.putArray("kept");
        String after = "";
        while (after != null) {
            JsonNode some = client.post(
                    ApiPath.of("deletions"),
                    JsonObject.of("kind", kind, "olderThan", olderThan, "after", after, "dryRun", dryRun));
            some.path("deleted").forEach(deleted::add);
            some.path("kept").forEach(kept::add);
            after = some.hasNonNull("next") ? some.path("next").asString() : null;
        }
        return all;
    }

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String question(JsonNode old, String noun) {
        List<String> names = new ArrayList<>();
        old.forEach(record -> names.add(record.asString()));
        String more = names.size() > MAX_NAMED ? ", …" : "";
        return "Delete " + counted(names.size(), noun) + " for good: "
                + String.join(", ", names.subList(0, Math.min(MAX_NAMED, names.size()))) + more + "?";
    }

    private static List<String> lines(JsonNode done, String noun) {
        List<String> lines = new ArrayList<>();
        lines.add(counted(done.path("deleted").size(), noun) + " deleted");
        done.path("kept")
                .forEach(record -> lines.add("kept: " + record.path("reason").asString()));
        return lines;
    }
}
