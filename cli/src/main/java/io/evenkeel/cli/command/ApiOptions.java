package io.evenkeel.cli.command;

import io.evenkeel.cli.context.ConnectionOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import java.time.DateTimeException;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The options of every command that sends requests to a coordinator; creates its client and prints the responses. */
@Command(usageHelpAutoWidth = true, sortOptions = false)
public final class ApiOptions {

    @Mixin
    private OutputOptions output;

    @Mixin
    private ConnectionOptions connection;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 104,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help by itself.
    private boolean help;

    /** Creates a client that sends requests to the coordinator. */
    public CoordinatorClient client() {
        return connection.client();
    }

    /** Returns the printer of results. */
    public OutputOptions output() {
        return output;
    }

    /** Requests a document. */
    public JsonNode get(ApiPath path) {
        return client().get(path);
    }

    /** Sends a request without a body. */
    public JsonNode post(ApiPath path) {
        return client().post(path, null);
    }

    /** Prints a document, or its human-readable text. */
    public void print(JsonNode document, BiFunction<JsonNode, TextLayout, List<String>> text) {
        output.print(document, page -> text.apply(document, page));
    }

    /** Prints a document, or a human-readable line. */
    public void print(JsonNode document, String line) {
        output.print(document, page -> List.of(line));
    }

    /** Prints a document, or a human-readable line that is built from it. */
    public void print(JsonNode document, Supplier<String> line) {
        output.print(document, page -> List.of(line.get()));
    }

    /** Requests and prints a paged list; {@code key} names the field with the next page's position. */
    public void print(
            PageOptions pages, ApiPath list, String key, BiFunction<JsonNode, TextLayout, List<String>> text) {
        print(pages.collect(client(), list, key), text);
        pages.noteRest(output);
    }

    /** Replaces an exception about an unreadable response with a failure that tells the user what to do. */
    public static Exception explained(Exception failure, CommandSpec command) {
        if (!(failure instanceof JacksonException || failure instanceof DateTimeException)) {
            return failure;
        }
        return command.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(ApiOptions.class::isInstance)
                .map(api -> (Exception) new CommandFailure(
                        "the response of " + ((ApiOptions) api).client().address() + " cannot be read ("
                                + failure.getMessage()
                                + "): check that the address is a coordinator's, and that its version is this"
                                + " command's",
                        failure))
                .findFirst()
                .orElse(failure);
    }
}
